import { Badge, type Tone } from "@/components/ui/badge";
import { Facts, factsOf } from "@/components/ui/facts";
import { TimeAgo } from "@/components/ui/time";
import type { PromotionKind } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import type { Promotion } from "../api";
import { findingText } from "../finding-text";
import { stages } from "../stage";
import { GateFindings } from "./gate-findings";
import { VersionLink } from "./version-link";

const kinds: Record<PromotionKind, { text: LabelKey; tone: Tone }> = {
  PROMOTION_KIND_UNSPECIFIED: { text: "promotion.unknown", tone: "neutral" },
  PROMOTION_KIND_PROMOTED: { text: "promotion.promoted", tone: "good" },
  PROMOTION_KIND_REFUSED: { text: "promotion.refused", tone: "bad" },
  PROMOTION_KIND_ROLLED_BACK: { text: "promotion.rolledBack", tone: "warn" },
  PROMOTION_KIND_DELETED: { text: "promotion.deleted", tone: "neutral" },
};

/** One line of the history, with the numbers it was decided on. */
export function PromotionEntry({ entry }: { entry: Promotion }) {
  const { t, format } = useLanguage();
  const kind = kinds[entry.kind ?? "PROMOTION_KIND_UNSPECIFIED"];
  const from = t(stages[entry.from_stage ?? "STAGE_NONE"].text);
  const to = t(stages[entry.to_stage ?? "STAGE_NONE"].text);
  const evidence = factsOf(entry.evidence ?? {});
  const findings = entry.decision?.findings ?? [];
  const refusals = findings.filter((finding) => finding.passed !== true);
  return (
    <article className="entry">
      <div className="entry-head">
        {entry.kind === "PROMOTION_KIND_DELETED" ? (
          <strong>{t("version.short", { version: entry.version ?? 0 })}</strong>
        ) : (
          <VersionLink name={entry.name} version={entry.version} strong />
        )}
        <span>
          {from} → {to}
        </span>
        <Badge tone={kind.tone}>{t(kind.text)}</Badge>
      </div>
      {entry.reason !== undefined && <p>{entry.reason}</p>}
      <p className="muted entry-line">
        <span>{entry.actor}</span>
        <TimeAgo at={entry.at} />
        {(entry.replaced_version ?? 0) > 0 && (
          <span>{t("promotion.replaced", { version: entry.replaced_version ?? 0 })}</span>
        )}
      </p>
      {refusals.length > 0 && (
        <ul className="refusals">
          {refusals.map((finding, i) => (
            <li key={i}>
              {finding.rule !== undefined && (
                <strong>
                  {finding.rule.metric}
                  {finding.value !== undefined && ` ${format.value(finding.value)}`}:{" "}
                </strong>
              )}
              {findingText(finding, t, format)}
            </li>
          ))}
        </ul>
      )}
      {(findings.length > 0 || evidence.length > 0) && (
        <details>
          <summary>{t("promotion.numbers")}</summary>
          {findings.length > 0 && <GateFindings findings={findings} />}
          {evidence.length > 0 && <Facts facts={evidence} />}
        </details>
      )}
    </article>
  );
}
