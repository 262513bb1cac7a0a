import { expect, test } from "vitest";
import { toInstant } from "./instant";

test("tells instants from counters", () => {
  expect(toInstant(1_704_067_200)).toBe(Date.UTC(2024, 0, 1));
  expect(toInstant(1_704_067_200_000)).toBe(Date.UTC(2024, 0, 1));
  expect(toInstant(362)).toBeUndefined();
});
