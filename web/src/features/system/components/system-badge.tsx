import { useQuery } from "@tanstack/react-query";
import { Badge } from "@/components/ui/badge";
import { useLanguage } from "@/lib/language";
import { systemQuery } from "../api";

/** All services in one word or two. */
export function SystemBadge() {
  const { t } = useLanguage();
  const { data, isError } = useQuery(systemQuery);
  if (isError) return <Badge tone="bad">{t("system.unreachable")}</Badge>;
  if (data === undefined) return null;
  const services = data.services ?? [];
  const ready = services.filter((service) => service.state === "SERVICE_STATE_READY").length;
  if (services.length === 0) return null;
  return ready === services.length ? (
    <Badge tone="good">{t("system.allReady", { count: ready })}</Badge>
  ) : (
    <Badge tone="warn" live>
      {t("system.someReady", { ready, count: services.length })}
    </Badge>
  );
}

export function SystemVersion() {
  const { t } = useLanguage();
  const { data } = useQuery(systemQuery);
  if (data?.version === undefined) return null;
  return (
    <>
      <span>{t("system.version", { version: data.version })}</span>
      {data.home !== undefined && (
        <span>
          {t("system.home")} <code>{data.home}</code>
        </span>
      )}
    </>
  );
}
