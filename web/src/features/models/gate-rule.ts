import type { Role, Schemas } from "@/lib/api-types";
import type { Format } from "@/lib/format";
import type { Translate } from "@/lib/messages";

/** A gate's rule as people write it, such as "≤ 14.5, no worse than Production". */
export function ruleText(rule: Schemas["GateRule"], t: Translate, format: Format): string {
  const sign = rule.direction === "DIRECTION_MAXIMIZE" ? "≥" : "≤";
  const parts = [
    ...(rule.bound === undefined ? [] : [`${sign} ${format.value(rule.bound)}`]),
    ...(rule.no_worse_than_production === true ? [t("gate.noWorse")] : []),
    ...(rule.within_interval === true ? [t("gate.withinInterval")] : []),
  ];
  return parts.length > 0 ? parts.join(", ") : t("gate.mustExist");
}

/** Who must say yes, such as "at least 2, by admins, not counting whoever made the version". */
export function approvalText(rule: Schemas["ApprovalRule"], t: Translate): string {
  return [
    t("gate.approvals", { count: rule.count ?? 0 }),
    ...(leastRole(rule) === "ROLE_ADMIN" ? [t("gate.byAdmins")] : []),
    ...(rule.not_author === true ? [t("gate.notAuthor")] : []),
  ].join(", ");
}

export const leastRole = (rule: Schemas["ApprovalRule"] | undefined): Role =>
  rule?.least_role === "ROLE_ADMIN" ? "ROLE_ADMIN" : "ROLE_ENGINEER";

/** Whether anything stands before the stage. */
export const isOpen = (gate: Schemas["Gate"] | undefined): boolean =>
  gate === undefined ||
  ((gate.rules ?? []).length === 0 && (gate.checks ?? []).length === 0 && (gate.approvals?.count ?? 0) === 0);
