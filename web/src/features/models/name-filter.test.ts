import { expect, test } from "vitest";
import { nameFilter } from "./name-filter";

test("what people type is never part of the filter's grammar", () => {
  expect(nameFilter("  ")).toBe("");
  expect(nameFilter(" Pump ")).toBe("name ILIKE '%Pump%'");
  expect(nameFilter("50%_\\x")).toBe("name ILIKE '%50\\%\\_\\\\x%'");
  expect(nameFilter("x' OR name LIKE '")).toBe("name ILIKE '%x_ OR name LIKE _%'");
});
