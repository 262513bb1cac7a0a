import { useSuspenseQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ActionMenu } from "@/components/ui/action-menu";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-state";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { concerning, useDeleteWebhook, useUpdateWebhook, webhooksQuery, type Webhook } from "../api";
import { DeliveriesDialog } from "./deliveries-dialog";

export function WebhookTable({ model }: { model: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(webhooksQuery);
  const webhooks = concerning(data.webhooks ?? [], model);
  if (webhooks.length === 0)
    return (
      <EmptyState icon="bell" title={t("webhooks.empty")}>
        {t("webhooks.emptyHint")}
      </EmptyState>
    );
  return (
    <Table label={t("webhooks.title")}>
      <thead>
        <tr>
          <th scope="col">{t("webhooks.name")}</th>
          <th scope="col">{t("webhooks.model")}</th>
          <th scope="col">{t("webhooks.events")}</th>
          <th scope="col">{t("webhooks.state")}</th>
          <th scope="col" className="right">
            {t("models.created")}
          </th>
          <th scope="col">
            <span className="sr-only">{t("action.more")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map((webhook) => (
          <WebhookRow key={webhook.webhook_id} webhook={webhook} />
        ))}
      </tbody>
    </Table>
  );
}

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const { t } = useLanguage();
  const [open, setOpen] = useState<"deliveries" | "delete">();
  const update = useUpdateWebhook(webhook.webhook_id);
  const remove = useDeleteWebhook(webhook.webhook_id);
  const isActive = webhook.is_active === true;
  const events = webhook.events ?? [];
  const close = () => setOpen(undefined);
  return (
    <tr>
      <th scope="row">
        {webhook.name}
        <span className="stacked ellipsis mono" title={webhook.url}>
          {webhook.url}
        </span>
        {update.isError && <ErrorNote text={errorText(update.error, t)} />}
      </th>
      <td>{webhook.model ?? t("webhooks.all")}</td>
      <td className="wrap">
        {events.length === 0 ? (
          t("webhooks.allEvents")
        ) : (
          <ul className="chips">
            {events.map((event) => (
              <li key={event} className="chip">
                <code>{event}</code>
              </li>
            ))}
          </ul>
        )}
      </td>
      <td>
        <Badge tone={isActive ? "good" : "neutral"}>{t(isActive ? "webhooks.active" : "webhooks.paused")}</Badge>
      </td>
      <td className="right">
        <TimeAgo at={webhook.created_at} />
        <span className="stacked">{webhook.created_by}</span>
      </td>
      <td className="right">
        <div className="row-actions">
          <Button className="button-small" onClick={() => setOpen("deliveries")}>
            {t("webhooks.showDeliveries")}
          </Button>
          <ActionMenu
            label={t("webhooks.actions", { name: webhook.name })}
            actions={[
              {
                text: t(isActive ? "webhooks.pause" : "webhooks.resume"),
                onSelect: () => update.mutate({ is_active: !isActive }),
              },
              { text: t("webhooks.delete"), danger: true, onSelect: () => setOpen("delete") },
            ]}
          />
        </div>
        <DeliveriesDialog webhook={webhook} open={open === "deliveries"} onClose={close} />
        <ConfirmDialog
          open={open === "delete"}
          onOpenChange={close}
          title={t("webhooks.deleteTitle", { name: webhook.name })}
          description={t("webhooks.deleteDescription")}
          confirm={t("webhooks.deleteSubmit")}
          act={remove}
          onConfirm={(done) => remove.mutate(undefined, { onSuccess: done })}
        />
      </td>
    </tr>
  );
}
