import { expect, test } from "vitest";
import { allMessages, makeTranslate } from "./messages";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test.each(Object.entries(allMessages))("%s fills in the same names in every language", (_key, { en, ko }) => {
  expect(names(ko)).toEqual(names(en));
  expect(ko).not.toBe("");
});

test("fills in values", () => {
  expect(makeTranslate("en")("system.someReady", { ready: 8, count: 9 })).toBe("8 of 9 services ready");
  expect(makeTranslate("ko")("version.short", { version: 3 })).toBe("v3");
});
