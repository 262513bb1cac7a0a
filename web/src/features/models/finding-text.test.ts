import { expect, test } from "vitest";
import { makeFormat } from "@/lib/format";
import { makeTranslate } from "@/lib/messages";
import type { GateFinding } from "./api";
import { findingText } from "./finding-text";

const t = makeTranslate("en");
const format = makeFormat("en");
const rule = {
  metric: "auc",
  direction: "DIRECTION_MAXIMIZE" as const,
  bound: 0.7,
  no_worse_than_production: true,
};
const failed = (rest: Partial<GateFinding>): GateFinding => ({
  kind: "FINDING_KIND_METRIC",
  rule,
  dataset_version_id: "12",
  production_version: 5,
  message: "the platform's sentence",
  ...rest,
});

test("says why a metric's rule is not met", () => {
  const texts = [
    failed({ passed: true, value: 0.9 }),
    failed({}),
    failed({ value: "NaN" }),
    failed({ value: 0.6, production_value: 0.8 }),
    failed({ value: 0.75 }),
    failed({ value: 0.75, production_value: 0.8 }),
    failed({ value: 0.9, production_value: 0.8 }),
  ].map((finding) => findingText(finding, t, format));
  expect(texts).toEqual([
    undefined,
    "No evaluation has this metric",
    "Not a number on dataset version 12, which never passes",
    "≥ 0.7 is required on dataset version 12",
    "v5 in Production was not evaluated on dataset version 12, so there is nothing to compare with",
    "Worse than v5 in Production on dataset version 12",
    "the platform's sentence",
  ]);
});

test("of approvals and checks the platform says why", () => {
  expect(findingText({ kind: "FINDING_KIND_CHECK", check: "scan", message: "not recorded" }, t, format)).toBe(
    "not recorded",
  );
  expect(findingText({ kind: "FINDING_KIND_APPROVALS", message: "1 of 2" }, t, format)).toBe("1 of 2");
});
