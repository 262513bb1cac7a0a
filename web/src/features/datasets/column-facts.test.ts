import { expect, test } from "vitest";
import { evenBars, missingShare, readColumns, totalOf } from "./column-facts";

const version = (schema: unknown, statistics: unknown) => ({
  dataset_version_id: "1",
  schema: schema as Record<string, unknown>,
  statistics: statistics as Record<string, unknown>,
});

test("joins a column's schema and statistics by its name", () => {
  const [column] = readColumns(
    version(
      { columns: [{ name: "p30", role: "sensor", type: "number", unit: "bar" }] },
      {
        columns: [
          { name: "other", mean: 9 },
          {
            name: "p30",
            count: 3,
            missing: 1,
            mean: 2,
            sd: null,
            quantiles: [1, 2, 5],
            histogram: { edges: [1, 5], counts: [3] },
          },
        ],
      },
    ),
  );
  expect(column).toMatchObject({ unit: "bar", mean: 2, sd: undefined, median: 2, histogram: { kind: "bins" } });
  expect(column && missingShare(column)).toBe(0.25);
});

test("reads statistics of any shape without failing", () => {
  expect(readColumns({ dataset_version_id: "1" })).toEqual([]);
  expect(readColumns(version({ columns: "no" }, 3))).toEqual([]);
  const [column] = readColumns(
    version(
      { columns: [null, { name: "a" }] },
      { columns: [{ name: "a", histogram: { edges: [3, 1], counts: [2] } }] },
    ),
  );
  expect(column).toMatchObject({ name: "a", role: "", quantiles: [], histogram: undefined });
});

test("bars of equal width hold as much as the bins they are made of", () => {
  const bars = evenBars({ edges: [0, 1, 10], counts: [50, 50] }, 10, 0, 10);
  expect(totalOf(bars)).toBeCloseTo(100);
  expect(bars[0]).toBeCloseTo(50);
  expect(bars[9]).toBeCloseTo(50 / 9);
});

test("a bin without width falls into one bar, and bars out of range stay empty", () => {
  expect(evenBars({ edges: [2, 2], counts: [7] }, 4, 0, 4)).toEqual([0, 0, 7, 0]);
  expect(totalOf(evenBars({ edges: [5, 6], counts: [7] }, 4, 0, 4))).toBe(0);
});
