import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CopyText } from "@/components/ui/copy-text";
import { PageHeader } from "@/components/ui/page-header";
import { Duration, TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { experimentsQuery, isActive, runQuery } from "../api";
import { RunStatusBadge } from "./run-status-badge";

export function RunHeader({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const { data: experiments } = useQuery(experimentsQuery);
  const experiment = run.experiment_id ?? "0";
  const experimentName =
    experiments?.experiments?.find((each) => each.experiment_id === experiment)?.name ?? experiment;
  return (
    <PageHeader
      title={run.name ?? run.run_id}
      badge={<RunStatusBadge status={run.status} />}
      trail={
        <>
          <Link to="/runs">{t("runs.title")}</Link>
          <span aria-hidden>/</span>
          <Link to="/runs" search={{ experiment }}>
            {experimentName}
          </Link>
        </>
      }
      subtitle={
        <>
          <CopyText text={run.run_id} show={12} />
          <span>
            {t("runs.started")} <TimeAgo at={run.started_at} />
          </span>
          {(run.ended_at !== undefined || isActive(run)) && (
            <span>
              {t("runs.duration")} <Duration from={run.started_at} to={run.ended_at} />
            </span>
          )}
          {run.created_by !== undefined && <span>{t("common.by", { name: run.created_by })}</span>}
        </>
      }
    />
  );
}
