import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Duration, TimeAgo } from "@/components/ui/time";
import type { Format } from "@/lib/format";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { experimentsQuery, isActive, runLinksQuery, type Run } from "../api";
import type { AttributeKey, Column } from "../run-columns";
import { RunStatusBadge } from "./run-status-badge";

export const attributeTitles: Record<AttributeKey, LabelKey> = {
  status: "runs.status",
  started: "runs.started",
  duration: "runs.duration",
  ended: "runs.ended",
  user: "runs.user",
  experiment: "runs.experiment",
  dataset: "runs.dataset",
  source: "runs.source",
};

const Absent = () => <span className="muted">–</span>;

interface Props {
  run: Run;
  column: Column;
  /** Decimals of a metric's column. */
  decimals: number;
}

export function RunCell({ run, column, decimals }: Props) {
  const { format } = useLanguage();
  switch (column.kind) {
    case "attributes":
      return <AttributeCell run={run} name={column.key} />;
    case "metrics": {
      const found = run.metrics?.find((each) => each.key === column.key);
      return found === undefined ? <Absent /> : <>{format.fixed(found.value, decimals)}</>;
    }
    case "params":
    case "tags": {
      const found = run[column.kind]?.find((each) => each.key === column.key);
      if (found === undefined) return <Absent />;
      return <span title={found.value}>{shortText(found.value ?? "", format)}</span>;
    }
  }
}

function AttributeCell({ run, name }: { run: Run; name: AttributeKey }) {
  switch (name) {
    case "status":
      return <RunStatusBadge status={run.status} reason={run.status_reason} />;
    case "started":
      return <TimeAgo at={run.started_at} />;
    case "ended":
      return <TimeAgo at={run.ended_at} />;
    case "duration":
      return run.ended_at !== undefined || isActive(run) ? (
        <Duration from={run.started_at} to={run.ended_at} />
      ) : (
        <Absent />
      );
    case "user":
      return <span title={run.user}>{run.user ?? run.created_by}</span>;
    case "experiment":
      return <ExperimentCell id={run.experiment_id ?? "0"} />;
    case "dataset":
      return <DatasetCell id={run.run_id} />;
    case "source": {
      const source = run.tags?.find((tag) => tag.key === "mlflow.source.name")?.value;
      return source === undefined ? <Absent /> : <span title={source}>{source.split("/").at(-1)}</span>;
    }
  }
}

export function ExperimentCell({ id }: { id: string }) {
  const { data } = useQuery(experimentsQuery);
  const name = data?.experiments?.find((each) => each.experiment_id === id)?.name ?? id;
  return (
    <Link className="quiet-link" to="/experiments/$experimentId" params={{ experimentId: id }} title={name}>
      {name}
    </Link>
  );
}

/** The search does not bring datasets; only rows in sight ask for theirs. */
function DatasetCell({ id }: { id: string }) {
  const { data } = useQuery(runLinksQuery(id));
  const datasets = data?.datasets ?? [];
  const [first] = datasets;
  if (first === undefined) return <Absent />;
  const all = datasets.map(({ name, digest }) => `${name} (${digest ?? ""})`).join("\n");
  return (
    <span title={all}>
      {first.name}
      {datasets.length > 1 && <span className="muted"> +{datasets.length - 1}</span>}
    </span>
  );
}

/** Sampled numbers come with all their digits; the table shows as many as tell runs apart. */
const shortText = (value: string, format: Format): string =>
  value.length > 8 && /^-?\d*\.?\d+(e[-+]?\d+)?$/i.test(value) ? format.value(Number(value)) : value;
