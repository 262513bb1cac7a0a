import { expect, test } from "vitest";
import { latestWords } from "./approval-words";

test("of a person's words for a stage the newest counts, other stages and people aside", () => {
  const words = [
    { approval_id: "4", actor: "ada", stage: "STAGE_PRODUCTION" as const },
    { approval_id: "3", actor: "ada", stage: "STAGE_STAGING" as const },
    { approval_id: "2", actor: "bo", stage: "STAGE_PRODUCTION" as const },
    { approval_id: "1", actor: "ada", stage: "STAGE_PRODUCTION" as const },
  ];
  expect([...latestWords(words)]).toEqual(["4", "3", "2"]);
});
