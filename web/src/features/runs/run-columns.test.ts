import { expect, test } from "vitest";
import type { Run } from "./api";
import {
  chooseColumns,
  columnId,
  decimalsFor,
  keysOf,
  orderText,
  readColumns,
  readSort,
  requestedColumns,
  writeColumns,
  writeSort,
} from "./run-columns";

const run = (params: Record<string, string>, metrics: string[] = []): Run => ({
  run_id: "r",
  params: Object.entries(params).map(([key, value]) => ({ key, value })),
  metrics: metrics.map((key) => ({ key })),
});
const chosen = (kind: string, runs: Run[], most?: number) =>
  chooseColumns(runs, most)
    .filter((each) => each.kind === kind)
    .map((each) => each.key);

test("params that tell runs apart come before those that are all alike", () => {
  const runs = [run({ seed: "7", depth: "3" }), run({ seed: "7", depth: "4" })];
  expect(chosen("params", runs, 1)).toEqual(["depth"]);
});

test("metrics that most runs have come first, those of the machine never", () => {
  expect(chosen("metrics", [run({}, ["system/cpu", "rare", "rmse"]), run({}, ["system/cpu", "rmse"])], 1)).toEqual([
    "rmse",
  ]);
});

test("long params do not become columns", () => {
  expect(chosen("params", [run({ spec: "x".repeat(100) })])).toEqual([]);
});

test("columns go into an address and come back, odd keys too", () => {
  const text = writeColumns(readColumns("attributes.status,metrics.val/loss,params.a%2Cb %251"));
  expect(text).toBe("attributes.status,metrics.val/loss,params.a%2Cb %251");
  expect(readColumns(text).map(columnId)).toEqual(["attributes.status", "metrics.val/loss", "params.a,b %1"]);
});

test("what is no column in an address is left out", () => {
  expect(readColumns("attributes.nothing,rmse,metrics.,tags.team,tags.team").map(columnId)).toEqual(["tags.team"]);
});

test("only what the table shows is asked for", () => {
  expect(requestedColumns(readColumns("attributes.status,metrics.rmse,attributes.source"))).toEqual([
    "metrics.rmse",
    "tags.mlflow.source.name",
  ]);
  expect(requestedColumns([])).not.toEqual([]);
});

test.each([
  ["metrics.rmse:asc", "metrics.rmse ASC"],
  ["min:metrics.val/loss:asc", "min(metrics.`val/loss`) ASC"],
  ["params.a`b:desc", 'params."a`b" DESC'],
  ["attributes.started:desc", "attributes.start_time DESC"],
  ["name:asc", "attributes.run_name ASC"],
])("the sort %s of an address orders by %s", (text, order) => {
  const sort = readSort(text);
  expect(sort && orderText(sort)).toBe(order);
  expect(sort && writeSort(sort)).toBe(text);
});

test("what cannot be sorted by is no sort", () => {
  expect(readSort("attributes.dataset:asc")).toBeUndefined();
  expect(readSort("metrics.rmse")).toBeUndefined();
});

test("keys are known by name, the machine's last", () => {
  expect(keysOf([run({ b: "1", a: "2" }, ["system/cpu", "x10", "x9"])])).toEqual({
    metrics: ["x9", "x10", "system/cpu"],
    params: ["a", "b"],
    tags: [],
  });
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
