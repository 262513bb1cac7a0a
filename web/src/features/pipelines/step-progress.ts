import type { Step } from "./api";

/** How much of a step is done, from 0 to 1; undefined when it goes on and nobody knows. */
export function stepShare(step: Step): number | undefined {
  if (step.state === "STATE_SUCCEEDED") return 1;
  if (step.state !== "STATE_RUNNING") return 0;
  const { done = 0, total = 0 } = step.progress ?? {};
  return total > 0 ? Math.min(1, done / total) : undefined;
}

export interface StepSummary {
  done: number;
  total: number;
  /** The first that runs, else the first that failed. */
  current: Step | undefined;
}

export function summarize(steps: readonly Step[]): StepSummary {
  const find = (state: Step["state"]) => steps.find((step) => step.state === state);
  return {
    done: steps.filter((step) => step.state === "STATE_SUCCEEDED").length,
    total: steps.length,
    current: find("STATE_RUNNING") ?? find("STATE_FAILED"),
  };
}
