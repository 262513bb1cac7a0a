import type { Run } from "./api";

export interface RunColumns {
  metrics: string[];
  params: string[];
}

/**
 * What a table of these runs shows: the metrics most runs have, and the params that tell the runs apart. Ties go to the
 * order in which they were logged.
 */
export function chooseColumns(runs: readonly Run[], most = 3): RunColumns {
  const metricCounts = new Map<string, number>();
  const paramValues = new Map<string, string[]>();
  for (const run of runs) {
    for (const { key } of run.metrics ?? []) metricCounts.set(key, (metricCounts.get(key) ?? 0) + 1);
    for (const { key, value = "" } of run.params ?? []) paramValues.set(key, [...(paramValues.get(key) ?? []), value]);
  }
  const metrics = [...metricCounts].sort(([, a], [, b]) => b - a).map(([key]) => key);
  const params = [...paramValues]
    .filter(([, values]) => values.every((value) => value.length <= 24))
    .sort(([, a], [, b]) => distinct(b) - distinct(a) || b.length - a.length)
    .map(([key]) => key);
  return { metrics: metrics.slice(0, most), params: params.slice(0, most) };
}

/** Decimals that give the largest of these values about five significant digits, and all the same. */
export function decimalsFor(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite).map(Math.abs);
  if (finite.every(Number.isInteger)) return 0;
  const digitsBefore = Math.floor(Math.log10(Math.max(...finite))) + 1;
  return Math.min(8, Math.max(0, (digitsBefore > 0 ? 5 : 4) - digitsBefore));
}

const distinct = (values: readonly string[]): number => new Set(values).size;
