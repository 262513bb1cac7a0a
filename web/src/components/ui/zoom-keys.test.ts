import { expect, test } from "vitest";
import { extentOf, zoomByKey } from "./zoom-keys";

const whole = [0, 100] as const;

test.each([
  ["+", [0, 100], [25, 75]],
  ["-", [25, 75], "whole"],
  ["-", [50, 60], [45, 65]],
  ["ArrowRight", [0, 40], [10, 50]],
  ["ArrowLeft", [10, 50], [0, 40]],
  ["Escape", [10, 50], "whole"],
  ["+", [3, 6], undefined],
  ["a", [0, 100], undefined],
] as const)("%s on %j shows %j", (key, range, shown) => {
  expect(zoomByKey(key, range, whole)).toEqual(shown);
});

test("the whole reaches over all series; one point has no extent", () => {
  const series = (...xs: number[]) => ({ name: "a", color: 0, points: xs.map((x) => ({ x, y: 1 })) });
  expect(extentOf([series(3, 9), series(1, 4)])).toEqual([1, 9]);
  expect(extentOf([series(3)])).toBeUndefined();
});
