import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Card } from "@/components/ui/card";
import { CopyText } from "@/components/ui/copy-text";
import { Facts, factsOf } from "@/components/ui/facts";
import { Icon } from "@/components/ui/icon";
import { PageHeader } from "@/components/ui/page-header";
import { ProgressBar } from "@/components/ui/progress-bar";
import { Duration, TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { isActive, pipelineRunQuery, type Step } from "../api";
import { stepShare } from "../step-progress";
import { StateBadge } from "./state-badge";

export function PipelineRunHeader({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(pipelineRunQuery(id));
  return (
    <PageHeader
      title={run.pipeline}
      badge={<StateBadge state={run.state} />}
      trail={<Link to="/pipelines">{t("pipelines.title")}</Link>}
      subtitle={
        <>
          <CopyText text={run.pipeline_run_id} show={12} />
          <span>
            {t("pipelineRuns.started")} <TimeAgo at={run.created_at} />
          </span>
          {(run.ended_at !== undefined || isActive(run)) && (
            <span>
              {t("pipelineRuns.duration")} <Duration from={run.created_at} to={run.ended_at} />
            </span>
          )}
          {run.created_by !== undefined && <span>{t("common.by", { name: run.created_by })}</span>}
        </>
      }
    />
  );
}

export function PipelineSteps({ id }: { id: string }) {
  const { data: run } = useSuspenseQuery(pipelineRunQuery(id));
  return (
    <>
      {run.error !== undefined && (
        <div className="note tone-bad" role="alert">
          <Icon name="warning" />
          <span>{run.error}</span>
        </div>
      )}
      <ol className="steps">
        {(run.steps ?? []).map((step) => (
          <StepRow key={step.step_id} step={step} />
        ))}
      </ol>
    </>
  );
}

function StepRow({ step }: { step: Step }) {
  const { t, format } = useLanguage();
  const { done = 0, total = 0, unit = "", message } = step.progress ?? {};
  const title = step.title ?? step.step_id;
  const outputs = factsOf(step.outputs ?? {});
  const showsCount = total > 0 && step.state !== "STATE_SUCCEEDED";
  return (
    <li className="step">
      <div className="step-head">
        <span className="step-title">{title}</span>
        <code className="muted">{step.kind}</code>
        <span className="step-end muted">
          {(step.attempt ?? 0) > 1 && <span>{t("steps.attempt", { attempt: step.attempt ?? 0 })}</span>}
          {step.started_at !== undefined && <Duration from={step.started_at} to={step.ended_at} />}
          <span className="step-state">
            <StateBadge state={step.state} />
          </span>
        </span>
      </div>
      {step.state === "STATE_RUNNING" && <ProgressBar value={stepShare(step)} label={title} />}
      {(showsCount || message !== undefined || step.worker !== undefined) && (
        <p className="muted step-line">
          {showsCount && (
            <span className="number">
              {format.count(done)} / {format.count(total)} {unit}
            </span>
          )}
          {message !== undefined && <span>{message}</span>}
          {step.worker !== undefined && <span>{t("steps.worker", { worker: step.worker })}</span>}
        </p>
      )}
      {step.error !== undefined && <p className="step-error">{step.error}</p>}
      {outputs.length > 0 && (
        <details>
          <summary>{t("steps.outputs", { count: outputs.length })}</summary>
          <Facts facts={outputs} />
        </details>
      )}
    </li>
  );
}

export function PipelineRunFacts({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(pipelineRunQuery(id));
  const parameters = factsOf(run.parameters ?? {});
  const outputs = factsOf(run.outputs ?? {});
  return (
    <>
      {outputs.length > 0 && (
        <Card title={t("pipelineRun.outputs")}>
          <Facts facts={outputs} />
        </Card>
      )}
      <Card title={t("pipelineRun.parameters")}>
        {parameters.length > 0 ? (
          <Facts facts={parameters} />
        ) : (
          <p className="muted">{t("pipelineRun.noParameters")}</p>
        )}
      </Card>
    </>
  );
}
