import { readList, readNumber, readObject, readText, type Json } from "@/lib/json-read";
import { readBins, readTime, type Bins } from "./plot-report";

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
  windowList: readonly AlarmWindow[];
  episodeList: readonly AlarmEpisode[];
}

export function readAlarms(json: unknown): Alarms {
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
    windowList: readList(alarms.window_list).flatMap((each) => readSpan(readObject(each)) ?? []),
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

export function readDistribution(json: unknown): Distribution | undefined {
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
