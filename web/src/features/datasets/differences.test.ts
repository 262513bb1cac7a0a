import { expect, test } from "vitest";
import { countDifferences, differencesToShow } from "./differences";

const columns = [
  { name: "same", change: "same", drift: "none", psi: 0.01 },
  { name: "moved", change: "same", drift: "large", psi: 0.6, statistics: [{ name: "mean", base: 1, value: 2 }] },
  { name: "renamed unit", change: "schema", drift: "moderate", psi: 0.2, schema_changes: ["unit: bar -> kPa"] },
  { name: "gone", change: "removed" },
];

test("puts what came or went first, then the greatest shift", () => {
  const shown = differencesToShow(columns, { find: "", onlyChanged: false, order: "psi" });
  expect(shown.map(({ name }) => name)).toEqual(["gone", "moved", "renamed unit", "same"]);
});

test("leaves out what did not change, and what has another name", () => {
  const ask = (find: string, onlyChanged: boolean) =>
    differencesToShow(columns, { find, onlyChanged, order: "table" }).map(({ name }) => name);
  expect(ask("", true)).toEqual(["moved", "renamed unit", "gone"]);
  expect(ask("MO", false)).toEqual(["moved"]);
});

test("counts changes by kind", () => {
  expect(countDifferences(columns)).toEqual({ added: 0, removed: 1, schema: 1, large: 1, moderate: 1 });
});
