import { useSuspenseQuery } from "@tanstack/react-query";
import { Badge, type Tone } from "@/components/ui/badge";
import { Boundary } from "@/components/ui/boundary";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import type { DeliveryState } from "@/lib/api-types";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { deliveriesQuery, useRedeliver, type Delivery, type Webhook } from "../api";

const states: Record<DeliveryState, { text: LabelKey; tone: Tone; live?: boolean }> = {
  DELIVERY_STATE_UNSPECIFIED: { text: "webhooks.stateUnknown", tone: "neutral" },
  DELIVERY_STATE_QUEUED: { text: "webhooks.stateQueued", tone: "info", live: true },
  DELIVERY_STATE_DELIVERED: { text: "webhooks.stateDelivered", tone: "good" },
  DELIVERY_STATE_FAILED: { text: "webhooks.stateFailed", tone: "bad" },
};

interface Props {
  webhook: Webhook;
  open: boolean;
  onClose: () => void;
}

export function DeliveriesDialog({ webhook, open, onClose }: Props) {
  const { t } = useLanguage();
  return (
    <Dialog
      wide
      open={open}
      onOpenChange={onClose}
      title={t("webhooks.deliveries", { name: webhook.name })}
      description={t("webhooks.deliveriesDescription")}
    >
      <Boundary>
        <DeliveryTable webhook={webhook} />
      </Boundary>
    </Dialog>
  );
}

function DeliveryTable({ webhook }: { webhook: Webhook }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(deliveriesQuery(webhook.webhook_id));
  const redeliver = useRedeliver(webhook.webhook_id);
  const deliveries = data.deliveries ?? [];
  if (deliveries.length === 0) return <EmptyState icon="bell" title={t("webhooks.noDeliveries")} />;
  return (
    <>
      {redeliver.isError && <ErrorNote text={errorText(redeliver.error, t)} />}
      <div className="framed">
        <Table label={t("webhooks.showDeliveries")}>
          <thead>
            <tr>
              <th scope="col">{t("webhooks.event")}</th>
              <th scope="col">{t("webhooks.state")}</th>
              <th scope="col">{t("webhooks.lastAnswer")}</th>
              <th scope="col" className="right">
                {t("webhooks.attempts")}
              </th>
              <th scope="col">
                <span className="sr-only">{t("action.more")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((delivery) => (
              <DeliveryRow
                key={delivery.delivery_id}
                delivery={delivery}
                busy={redeliver.isPending && redeliver.variables === delivery.delivery_id}
                onRedeliver={() => redeliver.mutate(delivery.delivery_id)}
              />
            ))}
          </tbody>
        </Table>
      </div>
    </>
  );
}

interface RowProps {
  delivery: Delivery;
  busy: boolean;
  onRedeliver: () => void;
}

function DeliveryRow({ delivery, busy, onRedeliver }: RowProps) {
  const { t } = useLanguage();
  const { text, tone, live } = states[delivery.state ?? "DELIVERY_STATE_UNSPECIFIED"];
  const attempts = delivery.attempts ?? 0;
  return (
    <tr>
      <th scope="row">
        <code>{delivery.event}</code>
        <span className="stacked">
          <TimeAgo at={delivery.created_at} />
        </span>
      </th>
      <td>
        <Badge tone={tone} live={live}>
          {t(text)}
        </Badge>
      </td>
      <td className="wrap">
        {attempts === 0 ? (
          <span className="muted">–</span>
        ) : (
          <>
            {(delivery.last_status ?? 0) > 0 ? `HTTP ${delivery.last_status ?? 0}` : t("webhooks.noAnswer")}
            {delivery.last_error !== undefined && <span className="stacked wrap-text">{delivery.last_error}</span>}
          </>
        )}
      </td>
      <td className="right">{attempts}</td>
      <td className="right">
        <Button className="button-small" busy={busy} onClick={onRedeliver}>
          {t("webhooks.redeliver")}
        </Button>
      </td>
    </tr>
  );
}
