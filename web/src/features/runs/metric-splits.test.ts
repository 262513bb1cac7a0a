import { expect, test } from "vitest";
import { splitMetrics } from "./metric-splits";

test("the same metric on several splits is one row, in the order in which data is used", () => {
  const table = splitMetrics([
    { key: "test_rmse", value: 3 },
    { key: "train_rmse", value: 1 },
    { key: "phm_score", value: 9 },
  ]);
  expect(table.splits).toEqual(["train", "test"]);
  expect(table.rows).toEqual([
    { name: "rmse", bySplit: { train: { key: "train_rmse", value: 1 }, test: { key: "test_rmse", value: 3 } } },
  ]);
  expect(table.plain).toEqual([{ key: "phm_score", value: 9 }]);
});

test("a key that only begins alike is left alone", () => {
  expect(splitMetrics([{ key: "training_seconds" }, { key: "test" }]).rows).toEqual([]);
});
