import { useMemo } from "react";
import { useLanguage } from "@/lib/language";
import type { ChartSearch } from "../chart-settings";
import { ChartTools } from "./chart-tools";
import { Swatch } from "./compare-table";
import { MetricCharts, type ChartedRun } from "./metric-charts";
import { isSystemKey } from "./run-charts";

interface Props {
  runs: readonly ChartedRun[];
  hidden: ReadonlySet<string>;
  onHide: (hidden: ReadonlySet<string>) => void;
  search: ChartSearch;
  onSearch: (search: ChartSearch) => void;
}

/** The metrics with a history of any of the runs, one line each. */
export function CompareCharts({ runs, hidden, onHide, search, onSearch }: Props) {
  const keys = useMemo(() => {
    const all = runs.flatMap((run) => (run.metrics ?? []).filter(({ step = 0 }) => step !== 0).map(({ key }) => key));
    return [...new Set(all)].sort(
      (a, b) => Number(isSystemKey(a)) - Number(isSystemKey(b)) || a.localeCompare(b, undefined, { numeric: true }),
    );
  }, [runs]);
  const shown = useMemo(() => runs.filter((run) => !hidden.has(run.run_id)), [runs, hidden]);
  return (
    <>
      <ChartTools search={search} onSearch={onSearch} />
      <Legend runs={runs} hidden={hidden} onHide={onHide} />
      <MetricCharts runs={shown} keys={shown.length === 0 ? [] : keys} search={search} onSearch={onSearch} />
    </>
  );
}

function Legend({ runs, hidden, onHide }: Pick<Props, "runs" | "hidden" | "onHide">) {
  const { t } = useLanguage();
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) next.add(id);
    onHide(next);
  };
  return (
    <ul className="legend" aria-label={t("compareRuns.legend")}>
      {runs.map((run) => (
        <li key={run.run_id}>
          <button
            type="button"
            className="legend-item"
            aria-pressed={!hidden.has(run.run_id)}
            title={run.run_id}
            onClick={() => toggle(run.run_id)}
          >
            <Swatch place={run.color} />
            {run.name ?? run.run_id.slice(0, 8)}
          </button>
        </li>
      ))}
    </ul>
  );
}
