import { expect, test } from "vitest";
import { safeTarget } from "./safe-target";

test.each(["/", "/models", "/runs?experiment=0#top", "/models/a%2Fb"])("%s is a page of this site", (to) => {
  expect(safeTarget(to)).toBe(to);
});

test.each([
  undefined,
  "",
  "models",
  "//evil.example",
  "/\\evil.example",
  "\\/evil.example",
  "https://evil.example/",
  "javascript:alert(1)",
  "/\t/evil.example",
  "/..//evil.example",
  "/sign-in?to=/sign-in",
])("%s leads home instead", (to) => {
  expect(safeTarget(to)).toBe("/");
});
