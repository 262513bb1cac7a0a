import { expect, test } from "vitest";
import { ApiError } from "@/lib/api";
import { filterError, placeIn } from "./filter-place";

const refused = (message: string) => new ApiError("INVALID_ARGUMENT", message);

test("the platform's message is parted into its sentence and the place", () => {
  expect(filterError(refused("filter: Invalid clause (at character 16: > 3)"))).toEqual({
    message: "Invalid clause",
    place: 15,
  });
  expect(filterError(refused("filter: Stops too early (at character 9)"))).toEqual({
    message: "Stops too early",
    place: 8,
  });
});

test("errors of other kinds are not the filter's", () => {
  expect(filterError(refused("order_by: Invalid key (at character 1: x)"))).toBeUndefined();
  expect(filterError(new ApiError("UNAVAILABLE", "filter"))).toBeUndefined();
});

test("the place counts whole characters", () => {
  expect(placeIn("tags.설비 > > 3", 10)).toEqual({ before: "tags.설비 > ", at: ">", after: " 3" });
  expect(placeIn("name =", 6)).toEqual({ before: "name =", at: " ", after: "" });
});
