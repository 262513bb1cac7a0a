import { expect, test } from "vitest";
import { chartPoints, smooth } from "./chart-series";
import { chartSettings, readChartSearch } from "./chart-settings";

const series = {
  run_id: "r",
  key: "loss",
  steps: [0, 5, 10],
  timestamps_ms: [1000, 2000, 4000],
  values: [3, "NaN" as const, 1],
};

test("points stand by step, by time or by the time since the start; NaN has no place", () => {
  expect(chartPoints(series, "step", 0)).toEqual({
    points: [
      { x: 0, y: 3 },
      { x: 10, y: 1 },
    ],
    notFinite: 1,
  });
  expect(chartPoints(series, "time", 1000).points.map(({ x }) => x)).toEqual([1000, 4000]);
  expect(chartPoints(series, "relative", 1000).points.map(({ x }) => x)).toEqual([0, 3000]);
});

test("smoothing keeps a constant and the first value, and lags behind a jump", () => {
  const flat = [1, 2, 3].map((x) => ({ x, y: 7 }));
  expect(smooth(flat, 0.9).map(({ y }) => Number(y.toFixed(9)))).toEqual([7, 7, 7]);
  const [first, second] = smooth(
    [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
    0.5,
  );
  expect(first?.y).toBe(0);
  expect(second?.y).toBeCloseTo(2 / 3);
});

test("an address's settings that make no sense are left out", () => {
  expect(readChartSearch({ x: "sideways", smooth: "120", from: "1e9", to: "7", logy: "1" })).toEqual({
    to: "7",
    logy: "1",
  });
  expect(chartSettings({ from: "9", to: "3" }).range).toBeUndefined();
  expect(chartSettings({ from: "3", to: "9" }).range).toEqual([3, 9]);
  expect(chartSettings({ x: "time", logx: "1" }).axes).toEqual({ x: "time", isLogX: false, isLogY: false });
});
