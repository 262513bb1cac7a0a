import { expect, test } from "vitest";
import { draftOf, newRule, requestOf } from "./gate-form";

test("a gate comes back from its form as it went in", () => {
  const gate = {
    rules: [
      {
        metric: "rmse",
        direction: "DIRECTION_MINIMIZE" as const,
        bound: 14.5,
        no_worse_than_production: true,
        within_interval: true,
      },
      { metric: "auc", direction: "DIRECTION_MAXIMIZE" as const, bound: 0, no_worse_than_production: false },
    ],
    approvals: { count: 2, least_role: "ROLE_ADMIN" as const, not_author: true },
    checks: ["security-scan"],
  };
  expect(requestOf(draftOf(gate))).toEqual(gate);
});

test("empty rows are left out and an empty bound is none", () => {
  const draft = draftOf(undefined);
  expect(requestOf({ ...draft, rules: [newRule, { ...newRule, metric: " f1 " }], checks: ["", " scan "] })).toEqual({
    rules: [{ metric: "f1", direction: "DIRECTION_MINIMIZE", no_worse_than_production: true }],
    approvals: { count: 0, least_role: "ROLE_ENGINEER", not_author: false },
    checks: ["scan"],
  });
});
