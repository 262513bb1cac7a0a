import { readIf, readList, readNumber, readObject, readText } from "@/lib/json-read";
import { readAlarms, readDistribution, type Alarms, type Distribution } from "./alarm-report";
import {
  readMetric,
  readSlice,
  readValues,
  readVerdict,
  type MetricReport,
  type MetricValues,
  type Slice,
  type Verdict,
} from "./metric-report";
import {
  readBins,
  readCalibration,
  readConfusion,
  readCosts,
  readForecast,
  readPoints,
  readScoredRow,
  readTrajectory,
  type Bins,
  type Calibration,
  type Confusion,
  type Costs,
  type RangeForecast,
  type ScoredRow,
  type Trajectory,
} from "./plot-report";

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
  sample: readonly ScoredRow[];
  residuals?: Bins;
  trajectories: readonly Trajectory[];
  interval?: RangeForecast;
  confusion?: Confusion;
  calibration?: Calibration;
  roc: readonly (readonly number[])[];
  pr: readonly (readonly number[])[];
  costs?: Costs;
  /** Of an anomaly head where no truth is known. */
  scores?: Distribution;
  alarms?: Alarms;
  championAlarms?: Alarms;
  importance: readonly { feature: string; value: number }[];
}

export interface Champion {
  model: string;
  version?: number;
  /** Why it could not be compared with. */
  error?: string;
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
  /** The model was trained on rows of this data. */
  isSeen: boolean;
  champion?: Champion;
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
  const resampling = readObject(report.resampling);
  return {
    split: readText(report.split) ?? "all",
    rows: readNumber(report.rows),
    assets: readNumber(report.assets),
    datasetVersionId: readText(data.dataset_version_id),
    dataset: readText(data.dataset),
    datasetVersion: readNumber(data.version),
    lookNumber: readNumber(readObject(report.looks).number),
    isSeen: report.seen_in_training === true,
    champion: readIf(report.champion, readChampion),
    verdict: readVerdict(report.verdict),
    resamples: readNumber(resampling.resamples),
    confidence: readNumber(resampling.confidence),
    heads,
  };
}

function readChampion(json: unknown): Champion {
  const champion = readObject(json);
  return {
    model: readText(champion.model) ?? "",
    version: readNumber(champion.version),
    error: readText(champion.error),
  };
}

function readHead(json: unknown): Head {
  const head = readObject(json);
  const metrics = new Map(Object.entries(readObject(head.metrics)).map(([name, each]) => [name, readMetric(each)]));
  const curves = readObject(head.curves);
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
    sample: readList(head.sample).flatMap(readScoredRow),
    residuals: readBins(head.residuals),
    trajectories: readList(head.trajectories).map(readTrajectory),
    interval: readIf(head.interval, readForecast),
    confusion: readIf(head.confusion, readConfusion),
    calibration: readIf(head.calibration, readCalibration),
    roc: readPoints(curves.roc),
    pr: readPoints(curves.pr),
    costs: readIf(head.costs, readCosts),
    scores: readIf(head.scores, readDistribution),
    alarms: readIf(head.alarms, readAlarms),
    championAlarms: readIf(head.champion_alarms, readAlarms),
    importance: readList(head.importance).flatMap((each) => {
      const { feature, value } = readObject(each);
      const [name, number] = [readText(feature), readNumber(value)];
      return name === undefined || number === undefined ? [] : [{ feature: name, value: number }];
    }),
  };
}
