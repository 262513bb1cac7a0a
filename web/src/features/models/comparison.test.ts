import { expect, test } from "vitest";
import { changeOf, readValue, sectionsOf } from "./comparison";

test("sections come in the order people ask, and say how many rows differ", () => {
  const found = sectionsOf([
    { section: "lineage", key: "run_id", left: '"a"', right: '"b"' },
    { section: "evaluation", key: "auc on 1", left: "0.9", right: "0.9", is_equal: true },
    { section: "evaluation", key: "f1 on 1", left: "0.4", right: "0.5" },
  ]);
  expect(found.map(({ section, differing, rows }) => [section, differing, rows.length])).toEqual([
    ["evaluation", 1, 2],
    ["lineage", 1, 1],
  ]);
});

test("what both versions have comes first", () => {
  const [section] = sectionsOf([
    { section: "metrics", key: "a", left: "1" },
    { section: "metrics", key: "b", left: "1", right: "2" },
  ]);
  expect(section?.rows.map(({ key }) => key)).toEqual(["b", "a"]);
});

test("reads JSON as people do", () => {
  expect(readValue('"xgboost"')).toBe("xgboost");
  expect(readValue("0.25")).toBe(0.25);
  expect(readValue("[1,2]")).toBe("[1,2]");
  expect(readValue('"cut off…')).toBe('"cut off…');
  expect(readValue("")).toBeUndefined();
});

test("a change is a difference, and a share of a left value that is not zero", () => {
  expect(changeOf(2, 3)).toEqual({ difference: 1, share: 0.5 });
  expect(changeOf(-2, -3)).toEqual({ difference: -1, share: -0.5 });
  expect(changeOf(0, 3)).toEqual({ difference: 3 });
  expect(changeOf(3, 3)).toBeUndefined();
  expect(changeOf("NaN", 3)).toBeUndefined();
});
