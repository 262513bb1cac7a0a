import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { Duration, TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { isActive, pipelineRunsQuery, type PipelineRun } from "../api";
import { StateBadge } from "./state-badge";
import { StepStrip } from "./step-strip";

interface Props {
  pipeline?: string;
  /** Only the newest so many; else page by page. */
  newest?: number;
}

export function PipelineRunTable({ pipeline, newest }: Props) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(pipelineRunsQuery(pipeline, newest));
  const runs = query.data.pages.flatMap((page) => page.pipeline_runs ?? []);
  if (runs.length === 0)
    return (
      <EmptyState icon="pipelines" title={t("pipelineRuns.empty")}>
        {t("pipelineRuns.emptyHint")} <code>millwright pipelines run NAME --wait</code>
      </EmptyState>
    );
  return (
    <>
      <Table label={t("pipelineRuns.title")}>
        <thead>
          <tr>
            <th scope="col">{t("pipelineRuns.pipeline")}</th>
            <th scope="col">{t("pipelineRuns.state")}</th>
            <th scope="col">{t("pipelineRuns.steps")}</th>
            <th scope="col" className="right">
              {t("pipelineRuns.started")}
            </th>
            <th scope="col" className="right">
              {t("pipelineRuns.duration")}
            </th>
            {newest === undefined && <th scope="col">{t("pipelineRuns.trigger")}</th>}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <PipelineRunRow key={run.pipeline_run_id} run={run} showTrigger={newest === undefined} />
          ))}
        </tbody>
      </Table>
      {newest === undefined && <LoadMore query={query} />}
    </>
  );
}

function PipelineRunRow({ run, showTrigger }: { run: PipelineRun; showTrigger: boolean }) {
  return (
    <tr>
      <th scope="row">
        <Link className="row-link" to="/pipelines/runs/$pipelineRunId" params={{ pipelineRunId: run.pipeline_run_id }}>
          {run.pipeline}
        </Link>
        <span className="stacked mono">{run.pipeline_run_id.slice(0, 8)}</span>
      </th>
      <td>
        <StateBadge state={run.state} />
      </td>
      <td>
        <StepStrip runId={run.pipeline_run_id} />
      </td>
      <td className="right">
        <TimeAgo at={run.created_at} />
      </td>
      <td className="right">
        {run.ended_at !== undefined || isActive(run) ? (
          <Duration from={run.created_at} to={run.ended_at} />
        ) : (
          <span className="muted">–</span>
        )}
      </td>
      {showTrigger && (
        <td>
          <TriggerText trigger={run.trigger} />
          <span className="stacked">{run.created_by}</span>
        </td>
      )}
    </tr>
  );
}

function TriggerText({ trigger }: { trigger: string | undefined }) {
  const { t } = useLanguage();
  if (trigger?.startsWith("schedule:") === true)
    return t("trigger.schedule", { name: trigger.slice("schedule:".length) });
  return t("trigger.manual");
}
