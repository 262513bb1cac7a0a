import { useQuery } from "@tanstack/react-query";
import { useLanguage } from "@/lib/language";
import { pipelineRunQuery, type Step } from "../api";
import { stepShare, summarize } from "../step-progress";

/** A run's steps as one row of small bars, and in words the one it is at. */
export function StepStrip({ runId }: { runId: string }) {
  const { t, format } = useLanguage();
  const { data: run } = useQuery(pipelineRunQuery(runId));
  const steps = run?.steps ?? [];
  if (steps.length === 0) return <span className="muted">–</span>;
  const { done, total, current } = summarize(steps);
  const { done: count = 0, total: of = 0, unit = "" } = current?.progress ?? {};
  return (
    <span className="step-strip-cell">
      <span className="step-strip" role="img" aria-label={t("steps.done", { done, total })}>
        {steps.map((step) => (
          <StepBar key={step.step_id} step={step} />
        ))}
      </span>
      <span className="stacked">
        {current === undefined ? t("steps.done", { done, total }) : (current.title ?? current.step_id)}
        {current?.state === "STATE_RUNNING" && of > 0 && ` · ${format.count(count)} / ${format.count(of)} ${unit}`}
      </span>
    </span>
  );
}

function StepBar({ step }: { step: Step }) {
  const share = stepShare(step);
  return (
    <span
      className={`step-bar step-${(step.state ?? "STATE_UNSPECIFIED").slice("STATE_".length).toLowerCase()}`}
      title={step.title ?? step.step_id}
    >
      <span
        className={share === undefined ? "progress-unknown" : undefined}
        style={{ width: share === undefined ? undefined : `${share * 100}%` }}
      />
    </span>
  );
}
