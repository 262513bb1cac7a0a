import type { ChartAxes, Range } from "@/components/ui/line-chart";

export type XAxis = "step" | "time" | "relative";

/** How the charts are drawn, as the address says it. */
export interface ChartSearch {
  x?: "time" | "relative";
  logx?: "1";
  logy?: "1";
  /** Hundredths of smoothing, 1 to 99. */
  smooth?: string;
  from?: string;
  to?: string;
  /** Only the metrics with this in their key. */
  find?: string;
}

export interface ChartSettings {
  xAxis: XAxis;
  axes: ChartAxes;
  smoothing: number;
  range: Range | undefined;
}

const flag = (value: unknown): "1" | undefined => (value === "1" ? "1" : undefined);
const whole = (value: unknown): string | undefined =>
  typeof value === "string" && /^-?\d{1,15}$/.test(value) ? value : undefined;

export function readChartSearch(search: Record<string, unknown>): ChartSearch {
  const smooth = whole(search.smooth);
  return {
    x: search.x === "time" || search.x === "relative" ? search.x : undefined,
    logx: flag(search.logx),
    logy: flag(search.logy),
    smooth: smooth !== undefined && Number(smooth) > 0 && Number(smooth) < 100 ? smooth : undefined,
    from: whole(search.from),
    to: whole(search.to),
    find: typeof search.find === "string" && search.find !== "" ? search.find : undefined,
  };
}

export function chartSettings(search: ChartSearch): ChartSettings {
  const xAxis = search.x ?? "step";
  const [from, to] = [Number(search.from), Number(search.to)];
  const hasRange = search.from !== undefined && search.to !== undefined && from < to;
  return {
    xAxis,
    axes: {
      x: xAxis === "step" ? "count" : xAxis === "time" ? "time" : "duration",
      // A logarithm of an instant says nothing.
      isLogX: search.logx === "1" && xAxis !== "time",
      isLogY: search.logy === "1",
    },
    smoothing: Number(search.smooth ?? 0) / 100,
    range: hasRange ? [from, to] : undefined,
  };
}
