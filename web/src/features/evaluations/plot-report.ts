import { readList, readNumber, readNumbers, readObject, readText } from "@/lib/json-read";

export interface Bins {
  edges: readonly number[];
  counts: readonly number[];
}

export interface Trajectory {
  asset: string;
  rmse?: number;
  times: readonly number[];
  truth: readonly number[];
  prediction: readonly number[];
  low: readonly number[];
  high: readonly number[];
}

export interface ScoredRow {
  asset?: string;
  time?: string;
  truth: number;
  prediction: number;
}

export interface Confusion {
  labels: readonly string[];
  /** A row for each truth. */
  counts: readonly (readonly number[])[];
}

export interface Calibration {
  bins: readonly { count: number; predicted: number; observed: number }[];
  expectedError?: number;
}

export interface Costs {
  cost?: number;
  threshold?: number;
  alwaysSilent?: number;
  alwaysAlarming?: number;
  cheapestThreshold?: number;
  cheapestCost?: number;
  curve: readonly (readonly number[])[];
}

export interface RangeForecast {
  low: string;
  high: string;
  nominal?: number;
  coverage?: number;
  below?: number;
  above?: number;
  meanWidth?: number;
}

export function readBins(json: unknown): Bins | undefined {
  const bins = readObject(json);
  const [edges, counts] = [readNumbers(bins.edges), readNumbers(bins.counts)];
  return counts.length > 0 && edges.length === counts.length + 1 ? { edges, counts } : undefined;
}

/** Points whose first two coordinates are known. */
export const readPoints = (json: unknown): number[][] =>
  readList(json)
    .map(readNumbers)
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));

export function readTrajectory(json: unknown): Trajectory {
  const { asset, rmse, times, truth, prediction, low, high } = readObject(json);
  return {
    asset: readText(asset) ?? "",
    rmse: readNumber(rmse),
    times: readTimes(times),
    truth: readNumbers(truth),
    prediction: readNumbers(prediction),
    low: readNumbers(low),
    high: readNumbers(high),
  };
}

/** Counters as they are, instants in milliseconds. */
export const readTime = (json: unknown): number | undefined => {
  if (typeof json !== "string") return readNumber(json);
  const time = json.trim() === "" ? Number.NaN : Number.isNaN(Number(json)) ? Date.parse(json) : Number(json);
  return Number.isNaN(time) ? undefined : time;
};
const readTimes = (json: unknown): number[] => readList(json).map((each) => readTime(each) ?? Number.NaN);

export function readForecast(json: unknown): RangeForecast {
  const interval = readObject(json);
  return {
    low: readText(interval.low) ?? "",
    high: readText(interval.high) ?? "",
    nominal: readNumber(interval.nominal),
    coverage: readNumber(interval.coverage),
    below: readNumber(interval.below),
    above: readNumber(interval.above),
    meanWidth: readNumber(interval.mean_width),
  };
}

/** One row of known truth and answer, or none. */
export function readScoredRow(json: unknown): ScoredRow[] {
  const row = readObject(json);
  const [truth, prediction] = [readNumber(row.truth), readNumber(row.prediction)];
  if (truth === undefined || prediction === undefined) return [];
  return [{ asset: readText(row.asset), time: readText(row.time), truth, prediction }];
}

export function readConfusion(json: unknown): Confusion | undefined {
  const confusion = readObject(json);
  const labels = readList(confusion.labels).map((label) => readText(label) ?? "");
  return labels.length === 0 ? undefined : { labels, counts: readList(confusion.counts).map(readNumbers) };
}

export function readCalibration(json: unknown): Calibration | undefined {
  const calibration = readObject(json);
  const bins = readList(calibration.bins).flatMap((each) => {
    const bin = readObject(each);
    const [predicted, observed] = [readNumber(bin.predicted), readNumber(bin.observed)];
    return predicted === undefined || observed === undefined
      ? []
      : [{ count: readNumber(bin.n) ?? 0, predicted, observed }];
  });
  return bins.length === 0 ? undefined : { bins, expectedError: readNumber(calibration.expected_calibration_error) };
}

export function readCosts(json: unknown): Costs {
  const costs = readObject(json);
  return {
    cost: readNumber(costs.cost),
    threshold: readNumber(costs.threshold),
    alwaysSilent: readNumber(costs.cost_always_silent),
    alwaysAlarming: readNumber(costs.cost_always_alarming),
    cheapestThreshold: readNumber(costs.cheapest_threshold),
    cheapestCost: readNumber(costs.cheapest_cost),
    curve: readPoints(costs.curve),
  };
}
