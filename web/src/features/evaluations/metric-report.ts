import { readIf, readNumber, readObject, readText } from "@/lib/json-read";

/** A figure with its confidence interval; undefined where it is not known. */
export interface Interval {
  value?: number;
  low?: number;
  high?: number;
}

export type Verdict = "better" | "worse" | "not separable" | "not comparable";

export interface MetricReport extends Interval {
  isLowerBetter: boolean;
  champion?: Interval;
  /** Of the challenger less the champion, paired. */
  difference?: Interval;
  verdict?: Verdict;
}

export type MetricValues = ReadonlyMap<string, number>;

export interface Slice {
  by: string;
  value: string;
  rows?: number;
  assets?: number;
  metrics: MetricValues;
  primary?: MetricReport;
}

function readInterval(json: unknown): Interval {
  const { value, low, high } = readObject(json);
  return { value: readNumber(value), low: readNumber(low), high: readNumber(high) };
}

export function readMetric(json: unknown): MetricReport {
  const metric = readObject(json);
  return {
    ...readInterval(metric),
    isLowerBetter: metric.better === "lower",
    champion: readIf(metric.champion, readInterval),
    difference: readIf(metric.difference, readInterval),
    verdict: readVerdict(metric.verdict),
  };
}

const verdicts: readonly unknown[] = ["better", "worse", "not separable", "not comparable"] satisfies Verdict[];
export const readVerdict = (json: unknown): Verdict | undefined =>
  verdicts.includes(json) ? (json as Verdict) : undefined;

export const readValues = (json: unknown): MetricValues =>
  new Map(
    Object.entries(readObject(json)).flatMap(([name, each]) => {
      const value = readNumber(each);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

export function readSlice(json: unknown): Slice {
  const slice = readObject(json);
  return {
    by: readText(slice.by) ?? "",
    value: readText(slice.value) ?? "",
    rows: readNumber(slice.rows),
    assets: readNumber(slice.assets),
    metrics: readValues(slice.metrics),
    primary: readIf(slice.primary, readMetric),
  };
}
