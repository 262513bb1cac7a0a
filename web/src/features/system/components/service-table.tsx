import { useSuspenseQuery } from "@tanstack/react-query";
import { Badge, type Tone } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Table } from "@/components/ui/table";
import { Duration } from "@/components/ui/time";
import type { ServiceState } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { systemQuery, type ServiceStatus } from "../api";

const states: Record<ServiceState, { text: LabelKey; tone: Tone; live?: boolean }> = {
  SERVICE_STATE_UNSPECIFIED: { text: "service.unknown", tone: "neutral" },
  SERVICE_STATE_STARTING: { text: "service.starting", tone: "info", live: true },
  SERVICE_STATE_READY: { text: "service.ready", tone: "good" },
  SERVICE_STATE_UNHEALTHY: { text: "service.unhealthy", tone: "bad" },
  SERVICE_STATE_RESTARTING: { text: "service.restarting", tone: "warn", live: true },
  SERVICE_STATE_STOPPED: { text: "service.stopped", tone: "bad" },
};

export function ServiceTable() {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(systemQuery);
  const services = data.services ?? [];
  if (services.length === 0) return <EmptyState icon="services" title={t("services.empty")} />;
  return (
    <Table label={t("services.title")}>
      <thead>
        <tr>
          <th scope="col">{t("services.name")}</th>
          <th scope="col">{t("services.state")}</th>
          <th scope="col" className="right">
            {t("services.uptime")}
          </th>
          <th scope="col" className="right">
            {t("services.restarts")}
          </th>
        </tr>
      </thead>
      <tbody>
        {services.map((service) => (
          <ServiceRow key={service.name} service={service} />
        ))}
      </tbody>
    </Table>
  );
}

function ServiceRow({ service }: { service: ServiceStatus }) {
  const { t, format } = useLanguage();
  const { text, tone, live } = states[service.state ?? "SERVICE_STATE_UNSPECIFIED"];
  const isUp = (service.pid ?? 0) > 0;
  return (
    <tr title={service.address}>
      <th scope="row">{service.name}</th>
      <td>
        <Badge tone={tone} live={live}>
          {t(text)}
        </Badge>
      </td>
      <td className="right">{isUp ? <Duration from={service.started_at} /> : <span className="muted">–</span>}</td>
      <td className="right">
        {format.count(service.restarts)}
        {service.last_exit !== undefined && (
          <span className="stacked" title={t("services.lastExit")}>
            {service.last_exit}
          </span>
        )}
      </td>
    </tr>
  );
}
