import { expect, test } from "vitest";
import { makeFormat } from "./format";

const en = makeFormat("en");

test("a left-out value is zero, and what is no number says so", () => {
  expect(en.value(undefined)).toBe("0");
  expect(en.value("NaN")).toBe("NaN");
  expect(en.value("-Infinity")).toBe("-Infinity");
});

test.each([
  [13.123456, "13.123"],
  [0.98123456, "0.98123"],
  [0.00001234, "1.234E-5"],
  [48211, "48,211"],
])("%d reads %s", (value, text) => expect(en.value(value)).toBe(text));

test.each([
  [250, "250ms"],
  [4200, "4.2s"],
  [65_000, "1m 5s"],
  [7_980_000, "2h 13m"],
  [180_000_000, "2d 2h"],
])("%d ms last %s", (milliseconds, text) => expect(en.duration(milliseconds)).toBe(text));

test("speaks Korean", () => {
  const ko = makeFormat("ko");
  expect(ko.duration(65_000)).toBe("1분 5초");
  expect(ko.ago("2026-01-01T00:00:00Z", Date.parse("2026-01-01T02:10:00Z"))).toBe("2시간 전");
});

test("sizes in powers of a thousand", () => {
  expect(en.bytes(412)).toBe("412\u00a0B");
  expect(en.bytes(1_204_882)).toBe("1.2\u00a0MB");
  expect(en.bytes(undefined)).toBe("0\u00a0B");
});

test.each([
  [0.12345, "12.3\u00a0%"],
  [0.00012345, "0.0123\u00a0%"],
  [1, "100\u00a0%"],
  [undefined, "–"],
])("a share of %s reads %s", (share, text) => expect(en.percent(share)).toBe(text));
