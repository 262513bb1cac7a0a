import { readList, readNumber, readNumbers, readObject, readText, type Json } from "@/lib/json-read";

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

export interface CalibrationBin {
  low: number;
  high: number;
  count: number;
  predicted: number;
  observed: number;
}

export interface Distribution {
  count: number;
  mean?: number;
  min?: number;
  median?: number;
  max?: number;
  q10?: number;
  q90?: number;
  histogram?: Bins;
}

export interface AlarmWindow {
  asset: string;
  start: number;
  end: number;
  failure?: number;
  alarmedAt?: number;
}

export interface AlarmEpisode {
  asset: string;
  start: number;
  end: number;
  verdict: "right" | "false" | "unjudged";
}

export interface Alarms {
  persistence?: number;
  mergeGap?: number;
  episodes?: number;
  unjudgedEpisodes?: number;
  falseAlarms?: number;
  windows?: number;
  detected?: number;
  precision?: number;
  recall?: number;
  leadTime?: Distribution;
  delay?: Distribution;
  windowList: readonly AlarmWindow[];
  episodeList: readonly AlarmEpisode[];
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

export interface Head {
  name: string;
  task: string;
  threshold?: number;
  rows?: number;
  commonRows?: number;
  assets?: number;
  positives?: number;
  resampledBy?: string;
  units?: number;
  primaryMetric: string;
  metrics: ReadonlyMap<string, MetricReport>;
  baselines: readonly { name: string; metrics: MetricValues }[];
  slices: readonly Slice[];
  sample: readonly { asset?: string; time?: string; truth: number; prediction: number }[];
  residuals?: Bins;
  trajectories: readonly Trajectory[];
  interval?: RangeForecast;
  confusion?: { labels: readonly string[]; counts: readonly (readonly number[])[] };
  calibration?: { bins: readonly CalibrationBin[]; expectedError?: number; brier?: number };
  roc: readonly (readonly number[])[];
  pr: readonly (readonly number[])[];
  costs?: Costs;
  alarms?: Alarms;
  championAlarms?: Alarms;
  importance: readonly { feature: string; value: number }[];
}

/** The machine-readable evaluation that the evaluate step leaves with a run. */
export interface Report {
  split: string;
  rows?: number;
  assets?: number;
  datasetVersionId?: string;
  dataset?: string;
  datasetVersion?: number;
  lookNumber?: number;
  champion?: { model: string; version?: number; error?: string };
  verdict?: Verdict;
  resamples?: number;
  confidence?: number;
  heads: readonly Head[];
}

export function readReport(json: unknown): Report | undefined {
  const report = readObject(json);
  const heads = readList(report.heads).map(readHead);
  if (heads.length === 0) return undefined;
  const data = readObject(report.data);
  const champion = readObject(report.champion);
  const resampling = readObject(report.resampling);
  return {
    split: readText(report.split) ?? "all",
    rows: readNumber(report.rows),
    assets: readNumber(report.assets),
    datasetVersionId: readText(data.dataset_version_id),
    dataset: readText(data.dataset),
    datasetVersion: readNumber(data.version),
    lookNumber: readNumber(readObject(report.looks).number),
    champion:
      report.champion === undefined
        ? undefined
        : {
            model: readText(champion.model) ?? "",
            version: readNumber(champion.version),
            error: readText(champion.error),
          },
    verdict: readVerdict(report.verdict),
    resamples: readNumber(resampling.resamples),
    confidence: readNumber(resampling.confidence),
    heads,
  };
}

function readHead(json: unknown): Head {
  const head = readObject(json);
  const metrics = new Map(Object.entries(readObject(head.metrics)).map(([name, each]) => [name, readMetric(each)]));
  const curves = readObject(head.curves);
  const calibration = readObject(head.calibration);
  const confusion = readObject(head.confusion);
  const labels = readList(confusion.labels).map((label) => readText(label) ?? "");
  return {
    name: readText(head.name) ?? "",
    task: readText(head.task) ?? "",
    threshold: readNumber(head.threshold),
    rows: readNumber(head.rows),
    commonRows: readNumber(head.common_rows),
    assets: readNumber(head.assets),
    positives: readNumber(head.positives),
    resampledBy: readText(head.resampled_by),
    units: readNumber(head.units),
    primaryMetric: readText(head.primary_metric) ?? [...metrics.keys()][0] ?? "",
    metrics,
    baselines: readList(head.baselines).map((each) => ({
      name: readText(readObject(each).name) ?? "",
      metrics: readValues(readObject(each).metrics),
    })),
    slices: readList(head.slices).map(readSlice),
    sample: readList(head.sample).flatMap((each) => {
      const { asset, time, truth, prediction } = readObject(each);
      const [x, y] = [readNumber(truth), readNumber(prediction)];
      return x === undefined || y === undefined
        ? []
        : [{ asset: readText(asset), time: readText(time), truth: x, prediction: y }];
    }),
    residuals: readBins(head.residuals),
    trajectories: readList(head.trajectories).map(readTrajectory),
    interval: head.interval === undefined || head.interval === null ? undefined : readForecast(head.interval),
    confusion: labels.length === 0 ? undefined : { labels, counts: readList(confusion.counts).map(readNumbers) },
    calibration:
      readList(calibration.bins).length === 0
        ? undefined
        : {
            bins: readList(calibration.bins).flatMap(readCalibrationBin),
            expectedError: readNumber(calibration.expected_calibration_error),
            brier: readNumber(calibration.brier),
          },
    roc: readPoints(curves.roc),
    pr: readPoints(curves.pr),
    costs: head.costs === undefined || head.costs === null ? undefined : readCosts(head.costs),
    alarms: head.alarms === undefined || head.alarms === null ? undefined : readAlarms(head.alarms),
    championAlarms:
      head.champion_alarms === undefined || head.champion_alarms === null
        ? undefined
        : readAlarms(head.champion_alarms),
    importance: readList(head.importance).flatMap((each) => {
      const { feature, value } = readObject(each);
      const [name, number] = [readText(feature), readNumber(value)];
      return name === undefined || number === undefined ? [] : [{ feature: name, value: number }];
    }),
  };
}

function readInterval(json: unknown): Interval | undefined {
  if (json === undefined || json === null) return undefined;
  const { value, low, high } = readObject(json);
  return { value: readNumber(value), low: readNumber(low), high: readNumber(high) };
}

function readMetric(json: unknown): MetricReport {
  const metric = readObject(json);
  return {
    ...readInterval(metric),
    isLowerBetter: metric.better === "lower",
    champion: readInterval(metric.champion),
    difference: readInterval(metric.difference),
    verdict: readVerdict(metric.verdict),
  };
}

const verdicts: readonly unknown[] = ["better", "worse", "not separable", "not comparable"] satisfies Verdict[];
const readVerdict = (json: unknown): Verdict | undefined => (verdicts.includes(json) ? (json as Verdict) : undefined);

const readValues = (json: unknown): MetricValues =>
  new Map(
    Object.entries(readObject(json)).flatMap(([name, each]) => {
      const value = readNumber(each);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );

function readSlice(json: unknown): Slice {
  const slice = readObject(json);
  return {
    by: readText(slice.by) ?? "",
    value: readText(slice.value) ?? "",
    rows: readNumber(slice.rows),
    assets: readNumber(slice.assets),
    metrics: readValues(slice.metrics),
    primary: slice.primary === undefined || slice.primary === null ? undefined : readMetric(slice.primary),
  };
}

function readBins(json: unknown): Bins | undefined {
  const bins = readObject(json);
  const [edges, counts] = [readNumbers(bins.edges), readNumbers(bins.counts)];
  return counts.length > 0 && edges.length === counts.length + 1 ? { edges, counts } : undefined;
}

/** Points whose first two coordinates are known. */
const readPoints = (json: unknown): number[][] =>
  readList(json)
    .map(readNumbers)
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));

function readTrajectory(json: unknown): Trajectory {
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
const readTime = (json: unknown): number | undefined => {
  if (typeof json !== "string") return readNumber(json);
  const time = json.trim() === "" ? Number.NaN : Number.isNaN(Number(json)) ? Date.parse(json) : Number(json);
  return Number.isNaN(time) ? undefined : time;
};
const readTimes = (json: unknown): number[] => readList(json).map((each) => readTime(each) ?? Number.NaN);

function readForecast(json: unknown): RangeForecast {
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

function readCalibrationBin(json: unknown): CalibrationBin[] {
  const { low, high, n, predicted, observed } = readObject(json);
  const [x, y] = [readNumber(predicted), readNumber(observed)];
  if (x === undefined || y === undefined) return [];
  return [
    { low: readNumber(low) ?? x, high: readNumber(high) ?? x, count: readNumber(n) ?? 0, predicted: x, observed: y },
  ];
}

function readCosts(json: unknown): Costs {
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

function readAlarms(json: unknown): Alarms {
  const alarms = readObject(json);
  return {
    persistence: readNumber(alarms.persistence),
    mergeGap: readNumber(alarms.merge_gap),
    episodes: readNumber(alarms.episodes),
    unjudgedEpisodes: readNumber(alarms.unjudged_episodes),
    falseAlarms: readNumber(alarms.false_alarms),
    windows: readNumber(alarms.windows),
    detected: readNumber(alarms.detected),
    precision: readNumber(alarms.precision),
    recall: readNumber(alarms.recall),
    leadTime: readDistribution(alarms.lead_time),
    delay: readDistribution(alarms.delay),
    windowList: readList(alarms.window_list).flatMap((each) => {
      const window = readObject(each);
      const span = readSpan(window);
      return span === undefined
        ? []
        : [{ ...span, failure: readTime(window.failure), alarmedAt: readTime(window.alarmed_at) }];
    }),
    episodeList: readList(alarms.episode_list).flatMap((each) => {
      const episode = readObject(each);
      const span = readSpan(episode);
      const verdict = episode.verdict === "right" || episode.verdict === "false" ? episode.verdict : "unjudged";
      return span === undefined ? [] : [{ ...span, verdict }];
    }),
  };
}

function readSpan({ asset, start, end }: Json): { asset: string; start: number; end: number } | undefined {
  const [from, to] = [readTime(start), readTime(end)];
  return from === undefined || to === undefined ? undefined : { asset: readText(asset) ?? "", start: from, end: to };
}

function readDistribution(json: unknown): Distribution | undefined {
  const distribution = readObject(json);
  const count = readNumber(distribution.count);
  if (count === undefined) return undefined;
  return {
    count,
    mean: readNumber(distribution.mean),
    min: readNumber(distribution.min),
    median: readNumber(distribution.median),
    max: readNumber(distribution.max),
    q10: readNumber(distribution.q10),
    q90: readNumber(distribution.q90),
    histogram: readBins(distribution.histogram),
  };
}
