import { expect, test } from "vitest";
import type { Run } from "./api";
import { chooseColumns, decimalsFor } from "./run-columns";

const run = (params: Record<string, string>, metrics: string[] = []): Run => ({
  run_id: "r",
  params: Object.entries(params).map(([key, value]) => ({ key, value })),
  metrics: metrics.map((key) => ({ key })),
});

test("params that tell runs apart come before those that are all alike", () => {
  const runs = [run({ seed: "7", depth: "3" }), run({ seed: "7", depth: "4" })];
  expect(chooseColumns(runs, 1).params).toEqual(["depth"]);
});

test("metrics that most runs have come first", () => {
  expect(chooseColumns([run({}, ["rare", "rmse"]), run({}, ["rmse"])], 1).metrics).toEqual(["rmse"]);
});

test("long params do not become columns", () => {
  expect(chooseColumns([run({ spec: "x".repeat(100) })]).params).toEqual([]);
});

test.each([
  [[1, 2, 3], 0],
  [[13.25, 9.1], 3],
  [[301.2], 2],
  [[0.98], 4],
  [[0.00123], 6],
  [[Number.NaN], 0],
  [[], 0],
])("%j is shown with %i decimals", (values, decimals) => {
  expect(decimalsFor(values)).toBe(decimals);
});
