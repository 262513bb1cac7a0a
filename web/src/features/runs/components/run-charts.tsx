import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { pointCountsQuery, runQuery, type Run } from "../api";
import type { ChartSearch } from "../chart-settings";
import { ChartTools } from "./chart-tools";
import { MetricCharts } from "./metric-charts";

interface Props {
  id: string;
  /** The machine's own metrics, or the others. */
  isSystem: boolean;
  search: ChartSearch;
  onSearch: (search: ChartSearch) => void;
}

export const isSystemKey = (key: string): boolean => key.startsWith("system/");

export function RunCharts({ id, isSystem, search, onSearch }: Props) {
  const { data: run } = useSuspenseQuery(runQuery(id));
  const keys = useHistoryKeys(run, isSystem);
  const runs = useMemo(() => [{ ...run, color: 0 }], [run]);
  return (
    <>
      <ChartTools search={search} onSearch={onSearch} />
      <MetricCharts runs={runs} keys={keys} search={search} onSearch={onSearch} />
    </>
  );
}

const MAX_ASKED = 100;

/** The metrics that were logged more than once. The latest step tells of most; the others are asked for. */
function useHistoryKeys(run: Run, isSystem: boolean): string[] {
  const metrics = (run.metrics ?? []).filter(({ key }) => isSystemKey(key) === isSystem);
  const unsure = metrics.filter(({ step = 0 }) => step === 0).map(({ key }) => key);
  const { data: found = [] } = useQuery({
    ...pointCountsQuery(run.run_id, unsure.slice(0, MAX_ASKED)),
    enabled: unsure.length > 0,
  });
  return metrics
    .filter(({ key, step = 0 }) => step !== 0 || found.includes(key))
    .map(({ key }) => key)
    .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}
