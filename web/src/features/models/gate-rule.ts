import type { Schemas } from "@/lib/api-types";
import type { Format } from "@/lib/format";
import type { Translate } from "@/lib/messages";

/** A gate's rule as people write it, such as "rmse ≤ 14.5, no worse than Production". */
export function ruleText(rule: Schemas["GateRule"], t: Translate, format: Format): string {
  const sign = rule.direction === "DIRECTION_MAXIMIZE" ? "≥" : "≤";
  const parts = [
    ...(rule.bound === undefined ? [] : [`${sign} ${format.value(rule.bound)}`]),
    ...(rule.no_worse_than_production === true ? [t("gate.noWorse")] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : t("gate.mustExist");
}
