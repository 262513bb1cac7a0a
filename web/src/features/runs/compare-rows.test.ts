import { expect, test } from "vitest";
import type { Run } from "./api";
import { compareAxes, compareRows, readRunIds, wantsLog } from "./compare-rows";

const run = (params: Record<string, string>, metrics: Record<string, number | undefined> = {}): Run => ({
  run_id: "r",
  params: Object.entries(params).map(([key, value]) => ({ key, value })),
  metrics: Object.entries(metrics).map(([key, value]) => ({ key, value })),
});

test("values stand side by side, and it is known where the runs differ", () => {
  expect(compareRows([run({ depth: "3", seed: "7" }), run({ depth: "4", seed: "7", extra: "" })], "params")).toEqual([
    { key: "depth", values: ["3", "4"], differs: true },
    { key: "extra", values: [undefined, ""], differs: true },
    { key: "seed", values: ["7", "7"], differs: false },
  ]);
});

test("a metric of zero is not one that is missing", () => {
  expect(compareRows([run({}, { loss: undefined }), run({})], "metrics")).toEqual([
    { key: "loss", values: ["0", undefined], differs: true },
  ]);
});

test("axes are numbers where all values are, and only what differs is one", () => {
  const axes = compareAxes([
    run({ lr: "1e-3", kind: "a", same: "x" }, { f1: 0.5 }),
    run({ lr: "0.1", kind: "2", same: "x" }, { f1: 0.7 }),
  ]);
  expect(axes.map(({ id, isNumeric, values }) => [id, isNumeric, values])).toEqual([
    ["params.kind", false, ["a", "2"]],
    ["params.lr", true, [0.001, 0.1]],
    ["metrics.f1", true, [0.5, 0.7]],
  ]);
});

test("a wide span of positive numbers wants a logarithm", () => {
  expect(wantsLog([0.001, 0.1])).toBe(true);
  expect(wantsLog([0, 1000])).toBe(false);
  expect(wantsLog([1, 50])).toBe(false);
  expect(wantsLog(["a"])).toBe(false);
});

test("only whole run ids of an address count, each once", () => {
  const id = "a".repeat(32);
  expect(readRunIds(`${id},x' OR 1,${id},${"b".repeat(32)}`, 50)).toEqual([id, "b".repeat(32)]);
  expect(readRunIds(undefined, 50)).toEqual([]);
});
