import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts, type Fact } from "@/components/ui/facts";
import { TimeAgo } from "@/components/ui/time";
import type { ArmRole } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { deploymentsQuery, servingQuery } from "../api";
import { loadStates } from "../load-state";

const roles: Record<ArmRole, LabelKey> = {
  ARM_ROLE_UNSPECIFIED: "arm.primary",
  ARM_ROLE_PRIMARY: "arm.primary",
  ARM_ROLE_CANARY: "arm.canary",
  ARM_ROLE_SHADOW: "arm.shadow",
};

/** Which versions of a model serving follows, and what it says of them. */
export function ModelDeployment({ name }: { name: string }) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(deploymentsQuery);
  // Serving may be away; what the registry says is still worth showing.
  const serving = useQuery(servingQuery);
  const deployment = data.deployments?.find((each) => each.name === name);
  const arms = deployment?.arms ?? [];
  if (deployment === undefined || arms.length === 0)
    return (
      <EmptyState icon="services" title={t("deployment.empty")}>
        {t("deployment.emptyHint")}
      </EmptyState>
    );
  const loaded = serving.isError ? undefined : serving.data?.models?.find((each) => each.name === name);
  const { text, tone, live } = loadStates[loaded?.state ?? "LOAD_STATE_UNSPECIFIED"];
  const facts: Fact[] = arms.map((arm) => [
    t(roles[arm.role ?? "ARM_ROLE_PRIMARY"]),
    <span key={arm.version}>
      <Link to="/models/$name/versions/$version" params={{ name, version: String(arm.version) }}>
        {t("version.short", { version: arm.version })}
      </Link>{" "}
      <span className="muted">{t("deployment.weight", { percent: arm.weight ?? 0 })}</span>
    </span>,
  ]);
  facts.push([
    t("production.state"),
    <Badge key="state" tone={tone} live={live}>
      {t(text)}
    </Badge>,
  ]);
  if (loaded !== undefined)
    facts.push([
      t("production.requests"),
      <span key="requests" className="number">
        {format.count(loaded.requests)}
        {(loaded.failures ?? 0) > 0 && (
          <span className="muted"> {t("serving.failures", { count: format.count(loaded.failures) })}</span>
        )}
      </span>,
    ]);
  facts.push(
    [t("deployment.revision"), <span key="revision">{deployment.revision ?? 0}</span>],
    [t("production.since"), <TimeAgo key="since" at={deployment.updated_at} />],
  );
  return <Facts facts={facts} />;
}
