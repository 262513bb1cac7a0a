import type { Format } from "@/lib/format";
import type { Translate } from "@/lib/messages";
import type { GateFinding } from "./api";

/** Why a rule is not met, in a sentence; undefined when it is. What the page cannot tell by itself is the platform's own sentence. */
export function findingText(finding: GateFinding, t: Translate, format: Format): string | undefined {
  if (finding.passed === true) return undefined;
  const { rule, value, dataset_version_id: dataset = "–", production_version: production = 0 } = finding;
  if (rule === undefined || finding.kind === "FINDING_KIND_APPROVALS" || finding.kind === "FINDING_KIND_CHECK")
    return finding.message;
  if (value === undefined) return t("finding.notMeasured");
  const isAsGood = (than: unknown) =>
    rule.direction === "DIRECTION_MAXIMIZE" ? Number(value) >= Number(than) : Number(value) <= Number(than);
  if (Number.isNaN(Number(value))) return t("finding.notANumber", { dataset });
  if (rule.bound !== undefined && !isAsGood(rule.bound)) {
    const bound = `${rule.direction === "DIRECTION_MAXIMIZE" ? "≥" : "≤"} ${format.value(rule.bound)}`;
    return t("finding.outOfBound", { bound, dataset });
  }
  if (rule.no_worse_than_production !== true || production === 0) return finding.message;
  if (finding.production_value === undefined) return t("finding.notComparable", { dataset, production });
  return isAsGood(finding.production_value) ? finding.message : t("finding.worse", { dataset, production });
}
