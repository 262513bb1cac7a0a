import type { Direction, Role, Schemas } from "@/lib/api-types";
import { leastRole } from "./gate-rule";

/** A gate as it is typed: every number is a text until it is sent. */
export interface GateDraft {
  rules: { metric: string; direction: Direction; bound: string; noWorse: boolean; withinInterval: boolean }[];
  approvals: string;
  leastRole: Role;
  notAuthor: boolean;
  checks: string[];
}

export const newRule: GateDraft["rules"][number] = {
  metric: "",
  direction: "DIRECTION_MINIMIZE",
  bound: "",
  noWorse: true,
  withinInterval: false,
};

export function draftOf(gate: Schemas["Gate"] | undefined): GateDraft {
  return {
    rules: (gate?.rules ?? []).map((rule) => ({
      metric: rule.metric,
      direction: rule.direction === "DIRECTION_MAXIMIZE" ? "DIRECTION_MAXIMIZE" : "DIRECTION_MINIMIZE",
      bound: rule.bound === undefined ? "" : String(rule.bound),
      noWorse: rule.no_worse_than_production === true,
      withinInterval: rule.within_interval === true,
    })),
    approvals: String(gate?.approvals?.count ?? 0),
    leastRole: leastRole(gate?.approvals),
    notAuthor: gate?.approvals?.not_author === true,
    checks: gate?.checks ?? [],
  };
}

/** Rows without a name are left out. */
export function requestOf(draft: GateDraft): Schemas["SetGateRequest"] {
  return {
    rules: draft.rules
      .filter((rule) => rule.metric.trim() !== "")
      .map(({ metric, direction, bound, noWorse, withinInterval }) => ({
        metric: metric.trim(),
        direction,
        ...(bound.trim() === "" ? {} : { bound: Number(bound) }),
        no_worse_than_production: noWorse,
        // Means nothing without the comparison.
        ...(noWorse && withinInterval ? { within_interval: true } : {}),
      })),
    // Always there: without it the platform would keep approvals and checks as they are.
    approvals: { count: Number(draft.approvals), least_role: draft.leastRole, not_author: draft.notAuthor },
    checks: draft.checks.map((check) => check.trim()).filter((check) => check !== ""),
  };
}
