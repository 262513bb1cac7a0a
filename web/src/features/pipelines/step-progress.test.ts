import { expect, test } from "vitest";
import { stepShare, summarize } from "./step-progress";

test.each([
  [{ state: "STATE_SUCCEEDED" }, 1],
  [{ state: "STATE_WAITING" }, 0],
  [{ state: "STATE_RUNNING", progress: { done: 3, total: 4 } }, 0.75],
  [{ state: "STATE_RUNNING", progress: { done: 9, total: 4 } }, 1],
  [{ state: "STATE_RUNNING", progress: { done: 9 } }, undefined],
] as const)("%j has share %s", (step, share) => {
  expect(stepShare({ step_id: "s", ...step })).toBe(share);
});

test("the step a run is at is the running one, else the failed one", () => {
  const done = { step_id: "a", state: "STATE_SUCCEEDED" } as const;
  const failed = { step_id: "b", state: "STATE_FAILED" } as const;
  const running = { step_id: "c", state: "STATE_RUNNING" } as const;
  expect(summarize([done, failed, running])).toMatchObject({ done: 1, total: 3, current: running });
  expect(summarize([done, failed]).current).toBe(failed);
  expect(summarize([done]).current).toBeUndefined();
});
