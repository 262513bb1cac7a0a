import type { Point } from "@/components/ui/line-chart";
import type { MetricSeries } from "./api";
import type { XAxis } from "./chart-settings";

export interface ChartPoints {
  points: Point[];
  /** Values such as NaN, which have no place on an axis. */
  notFinite: number;
}

/** A series' points by step, by time, or by the milliseconds since `start`. */
export function chartPoints(series: MetricSeries, xAxis: XAxis, start: number): ChartPoints {
  const values = series.values ?? [];
  const points: Point[] = [];
  values.forEach((value, i) => {
    const y = Number(value);
    const time = series.timestamps_ms?.[i] ?? 0;
    const x = xAxis === "step" ? (series.steps?.[i] ?? 0) : xAxis === "time" ? time : time - start;
    if (Number.isFinite(y)) points.push({ x, y });
  });
  return { points, notFinite: values.length - points.length };
}

/** An exponential mean that gives the first points no more than their due; `weight` from 0 (as measured) to below 1. */
export function smooth(points: readonly Point[], weight: number): Point[] {
  let mean = 0;
  let known = 0;
  return points.map(({ x, y }) => {
    mean = mean * weight + y * (1 - weight);
    known = known * weight + (1 - weight);
    return { x, y: mean / known };
  });
}
