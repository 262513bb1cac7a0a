import { useSuspenseQuery } from "@tanstack/react-query";
import { Badge, type Tone } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import type { VerdictState } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { healthQuery, type VersionHealth } from "../api";
import { VersionLink } from "./version-link";

const verdicts: Record<VerdictState, { text: LabelKey; tone: Tone; live?: boolean }> = {
  VERDICT_STATE_UNSPECIFIED: { text: "verdict.none", tone: "neutral" },
  VERDICT_STATE_WATCHING: { text: "verdict.watching", tone: "info", live: true },
  VERDICT_STATE_PASSED: { text: "verdict.passed", tone: "good" },
  VERDICT_STATE_ROLLED_BACK: { text: "verdict.rolledBack", tone: "bad" },
  VERDICT_STATE_ROLLBACK_FAILED: { text: "verdict.rollbackFailed", tone: "bad", live: true },
};

export function HealthTable({ name }: { name: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(healthQuery(name));
  const versions = data.versions ?? [];
  if (versions.length === 0)
    return (
      <EmptyState icon="clock" title={t("health.empty")}>
        {t("health.emptyHint")}
      </EmptyState>
    );
  return (
    <Table label={t("health.title")}>
      <thead>
        <tr>
          <th scope="col">{t("versions.version")}</th>
          <th scope="col">{t("health.verdict")}</th>
          <th scope="col" className="right">
            {t("health.predictions")}
          </th>
          <th scope="col" className="right">
            {t("health.bad")}
          </th>
          <th scope="col" className="right">
            {t("health.labelled")}
          </th>
          <th scope="col" className="right">
            {t("health.latency")}
          </th>
          <th scope="col" className="right">
            {t("health.last")}
          </th>
        </tr>
      </thead>
      <tbody>
        {versions.map((version) => (
          <HealthRow key={version.version} name={name} health={version} />
        ))}
      </tbody>
    </Table>
  );
}

function HealthRow({ name, health }: { name: string; health: VersionHealth }) {
  const { t, format } = useLanguage();
  const { text, tone, live } = verdicts[health.verdict?.state ?? "VERDICT_STATE_UNSPECIFIED"];
  const predictions = Number(health.predictions ?? 0);
  const bad = Number(health.failed ?? 0) + Number(health.not_finite ?? 0);
  return (
    <tr>
      <th scope="row">
        <VersionLink name={name} version={health.version} strong />
      </th>
      <td title={health.verdict?.reason}>
        {health.verdict === undefined ? (
          <span className="muted">–</span>
        ) : (
          <Badge tone={tone} live={live}>
            {t(text)}
          </Badge>
        )}
      </td>
      <td className="right">{format.count(predictions)}</td>
      <td className={bad > 0 ? "right bad-text" : "right"}>{format.count(bad)}</td>
      <td className="right">{format.count(Number(health.labelled ?? 0))}</td>
      <td className="right">
        {predictions > 0 ? t("health.ms", { value: format.value(health.mean_latency_ms) }) : "–"}
      </td>
      <td className="right">
        <TimeAgo at={health.last_at} />
      </td>
    </tr>
  );
}
