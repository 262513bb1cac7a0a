import { Link } from "@tanstack/react-router";
import { Icon } from "@/components/ui/icon";
import { dashOf, SERIES_COLORS } from "@/components/ui/series-style";
import { Duration, TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { isActive } from "../api";
import { compareRows, type CompareRow } from "../compare-rows";
import type { ChartedRun } from "./metric-charts";
import { ExperimentCell } from "./run-cell";
import { RunStatusBadge } from "./run-status-badge";

interface Props {
  runs: readonly ChartedRun[];
  onlyDifferences: boolean;
  onRemove: (id: string) => void;
}

/** Runs as columns; what differs between them is marked. */
export function CompareTable({ runs, onlyDifferences, onRemove }: Props) {
  const { t } = useLanguage();
  return (
    <div className="card">
      <div className="grid-scroll compare-scroll" role="region" aria-label={t("compareRuns.region")} tabIndex={0}>
        <table className="compare" aria-label={t("compareRuns.title")}>
          <thead>
            <tr>
              <th scope="col" className="compare-key">
                {t("runs.name")}
              </th>
              {runs.map((run) => (
                <th key={run.run_id} scope="col">
                  <span className="compare-run">
                    <Swatch place={run.color} />
                    <Link className="row-link" to="/runs/$runId" params={{ runId: run.run_id }} title={run.run_id}>
                      {run.name ?? run.run_id}
                    </Link>
                    <button
                      type="button"
                      className="icon-button"
                      aria-label={t("compareRuns.remove", { name: run.name ?? run.run_id })}
                      onClick={() => onRemove(run.run_id)}
                    >
                      <Icon name="cross" />
                    </button>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <RunRows runs={runs} />
          <LoggedRows title={t("columns.metrics")} runs={runs} kind="metrics" onlyDifferences={onlyDifferences} />
          <LoggedRows title={t("columns.params")} runs={runs} kind="params" onlyDifferences={onlyDifferences} />
          <LoggedRows title={t("columns.tags")} runs={runs} kind="tags" onlyDifferences={onlyDifferences} />
        </table>
      </div>
    </div>
  );
}

/** A run's line in the charts. */
export const Swatch = ({ place }: { place: number }) => (
  <svg
    className="swatch"
    style={{ color: `var(--series-${place % SERIES_COLORS})` }}
    viewBox="0 0 22 4"
    aria-hidden
    focusable="false"
  >
    <path d="M0 2h22" stroke="currentColor" strokeWidth="3" strokeDasharray={dashOf(place).join(" ")} />
  </svg>
);

function RunRows({ runs }: { runs: readonly ChartedRun[] }) {
  const { t } = useLanguage();
  return (
    <tbody>
      <tr>
        <th scope="row" className="compare-key">
          {t("runs.status")}
        </th>
        {runs.map((run) => (
          <td key={run.run_id}>
            <RunStatusBadge status={run.status} reason={run.status_reason} />
          </td>
        ))}
      </tr>
      <tr>
        <th scope="row" className="compare-key">
          {t("runs.experiment")}
        </th>
        {runs.map((run) => (
          <td key={run.run_id}>
            <ExperimentCell id={run.experiment_id ?? "0"} />
          </td>
        ))}
      </tr>
      <tr>
        <th scope="row" className="compare-key">
          {t("runs.started")}
        </th>
        {runs.map((run) => (
          <td key={run.run_id}>
            <TimeAgo at={run.started_at} />
          </td>
        ))}
      </tr>
      <tr>
        <th scope="row" className="compare-key">
          {t("runs.duration")}
        </th>
        {runs.map((run) => (
          <td key={run.run_id}>
            {run.ended_at !== undefined || isActive(run) ? <Duration from={run.started_at} to={run.ended_at} /> : "–"}
          </td>
        ))}
      </tr>
    </tbody>
  );
}

interface RowsProps {
  title: string;
  runs: readonly ChartedRun[];
  kind: "metrics" | "params" | "tags";
  onlyDifferences: boolean;
}

function LoggedRows({ title, runs, kind, onlyDifferences }: RowsProps) {
  const { t } = useLanguage();
  const all = compareRows(runs, kind);
  if (all.length === 0) return null;
  const rows = all.filter((row) => row.differs || !onlyDifferences);
  return (
    <tbody>
      <tr className="compare-group">
        <th scope="rowgroup" className="compare-key">
          {title}
          <span className="muted">
            {" "}
            {t("compareRuns.differing", { count: all.filter((row) => row.differs).length, all: all.length })}
          </span>
        </th>
        <td colSpan={runs.length} />
      </tr>
      {rows.map((row) => (
        <Row key={row.key} row={row} runs={runs} isMetric={kind === "metrics"} />
      ))}
    </tbody>
  );
}

function Row({ row, runs, isMetric }: { row: CompareRow; runs: readonly ChartedRun[]; isMetric: boolean }) {
  const { t, format } = useLanguage();
  return (
    <tr className={row.differs && !isMetric ? "compare-differs" : undefined}>
      <th scope="row" className="compare-key" title={row.key}>
        {row.key}
        {row.differs && <span className="sr-only"> ({t("compareRuns.differs")})</span>}
      </th>
      {row.values.map((value, i) => (
        <td key={runs[i]?.run_id} className={isMetric ? "number" : "param-value"} title={value}>
          {value === undefined ? <span className="muted">–</span> : isMetric ? format.value(toDouble(value)) : value}
        </td>
      ))}
    </tr>
  );
}

const toDouble = (value: string) =>
  value === "NaN" || value === "Infinity" || value === "-Infinity" ? value : Number(value);
