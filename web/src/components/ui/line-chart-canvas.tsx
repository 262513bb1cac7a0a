import { LineChart as Line } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useCallback, useRef, useState, type PointerEvent } from "react";
import { useLanguage } from "@/lib/language";
import type { Format } from "@/lib/format";
import { tooltipStyle, useChart, type ChartColors } from "./chart-canvas";
import type { LineChartProps, Point } from "./line-chart";
import { dashOf } from "./series-style";

register([Line, GridComponent, TooltipComponent, CanvasRenderer]);

/** Pixels that a drag must span to be one. */
const MIN_DRAG = 6;
const MAX_TOOLTIP_LINES = 14;

export default function LineChartCanvas({ series, axes, range, onRange }: LineChartProps) {
  const { format } = useLanguage();
  const element = useRef<HTMLDivElement>(null);
  const draw = useCallback(
    (colors: ChartColors) => options(series, axes, range, format, colors),
    [series, axes, range, format],
  );
  const chart = useChart(element, draw);
  const [drag, setDrag] = useState<{ from: number; to: number }>();

  const at = (event: PointerEvent) => event.clientX - (element.current?.getBoundingClientRect().left ?? 0);
  const finish = () => {
    setDrag(undefined);
    if (drag === undefined || Math.abs(drag.to - drag.from) < MIN_DRAG) return;
    const [left, right] = [drag.from, drag.to]
      .sort((a, b) => a - b)
      .map((x) => Number(chart.current?.convertFromPixel({ xAxisIndex: 0 }, x)));
    if (left !== undefined && right !== undefined && Number.isFinite(left) && Number.isFinite(right))
      onRange?.([Math.round(left), Math.round(right)]);
  };
  return (
    <div
      className={onRange === undefined ? "chart-area" : "chart-area chart-zoom"}
      onPointerDown={(event) => {
        if (onRange === undefined || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: at(event), to: at(event) });
      }}
      onPointerMove={(event) => {
        if (drag !== undefined) setDrag({ from: drag.from, to: at(event) });
      }}
      onPointerUp={finish}
      onPointerCancel={() => setDrag(undefined)}
      onDoubleClick={() => onRange?.(undefined)}
    >
      <div ref={element} className="chart-canvas" />
      {drag !== undefined && Math.abs(drag.to - drag.from) >= MIN_DRAG && (
        <div
          className="chart-drag"
          style={{ left: Math.min(drag.from, drag.to), width: Math.abs(drag.to - drag.from) }}
        />
      )}
    </div>
  );
}

function options(
  series: LineChartProps["series"],
  axes: LineChartProps["axes"],
  range: LineChartProps["range"],
  format: Format,
  colors: ChartColors,
) {
  const labels = { color: colors.quiet, fontSize: 11, fontFamily: colors.fontFamily };
  const duration = (x: number) => (x < 0 ? `−${format.duration(-x)}` : format.duration(x));
  const formatX = (x: number) =>
    axes.x === "time" ? format.dateTime(x) : axes.x === "duration" ? duration(x) : format.count(x);
  const positive = (points: readonly Point[]) =>
    points.filter(({ x, y }) => (!axes.isLogX || x > 0) && (!axes.isLogY || y > 0)).map(({ x, y }) => [x, y]);
  const isSingle = series.length === 1;
  const line = (name: string, place: number, points: readonly Point[], isFaint: boolean) => ({
    name,
    type: "line" as const,
    data: positive(points),
    silent: isFaint,
    showSymbol: points.length === 1,
    symbolSize: 6,
    lineStyle: {
      width: isFaint ? 1 : 1.75,
      opacity: isFaint ? 0.28 : 1,
      type: dashOf(place).length === 0 ? ("solid" as const) : [...dashOf(place)],
    },
    color: colors.series(place),
    areaStyle: isSingle && !isFaint && !axes.isLogY ? { color: colors.series(place), opacity: 0.07 } : undefined,
    z: isFaint ? 1 : 2,
  });
  return {
    animation: false,
    grid: { left: 2, right: 14, top: 10, bottom: 2, containLabel: true },
    xAxis: {
      type: axes.isLogX ? "log" : axes.x === "time" ? "time" : "value",
      min: range?.[0] ?? "dataMin",
      max: range?.[1] ?? "dataMax",
      ...(axes.x === "duration" && !axes.isLogX ? { interval: durationTick(spanOf(series, range)) } : {}),
      axisLine: { lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        ...labels,
        hideOverlap: true,
        ...(axes.x === "time"
          ? {}
          : { formatter: (x: number) => (axes.x === "duration" ? duration(x) : format.value(x)) }),
      },
    },
    yAxis: {
      type: axes.isLogY ? "log" : "value",
      // Whole decades would leave most of the picture empty.
      ...(axes.isLogY
        ? { min: (y: Extent) => rounded(y.min, Math.floor), max: (y: Extent) => rounded(y.max, Math.ceil) }
        : {}),
      scale: true,
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: colors.line } },
      axisLabel: { ...labels, formatter: (y: number) => format.value(y) },
    },
    tooltip: {
      ...tooltipStyle(colors),
      trigger: "axis",
      confine: true,
      axisPointer: { lineStyle: { color: colors.axis } },
      formatter: (hits: { seriesName: string; value: [number, number]; seriesIndex: number }[]) => {
        const [first] = hits;
        if (first === undefined) return "";
        const named = new Map(hits.map((hit) => [hit.seriesName, hit] as const));
        const lines = [...named.values()]
          .sort((a, b) => b.value[1] - a.value[1])
          .map(({ seriesName, value }) =>
            isSingle ? format.value(value[1]) : `${format.value(value[1])}   ${short(seriesName)}`,
          );
        const rest = lines.length - MAX_TOOLTIP_LINES;
        return [formatX(first.value[0]), ...lines.slice(0, MAX_TOOLTIP_LINES), ...(rest > 0 ? [`+${rest}`] : [])].join(
          "\n",
        );
      },
    },
    // The smoothed line comes last of its name, so the tooltip's map keeps its value.
    series: series.flatMap(({ name, color, points, measured }) => [
      ...(measured === undefined ? [] : [line(name, color, measured, true)]),
      line(name, color, points, false),
    ]),
  };
}

interface Extent {
  min: number;
  max: number;
}

/** To one significant digit. */
function rounded(value: number, round: (value: number) => number): number {
  if (!(value > 0)) return value;
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((round(Number((value / unit).toPrecision(9))) * unit).toPrecision(3));
}

function spanOf(series: LineChartProps["series"], range: LineChartProps["range"]): number {
  if (range !== undefined) return range[1] - range[0];
  const ends = series.flatMap(({ points }) => [points[0]?.x ?? 0, points.at(-1)?.x ?? 0]);
  return Math.max(...ends) - Math.min(...ends);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ticks = [
  ...[1, 10, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 30, 100].map((n) => n * DAY),
];

/** The distance of an axis' marks that people count time by: a handful over the span. */
const durationTick = (span: number): number => ticks.find((tick) => span / tick <= 6) ?? span / 6;

const short = (name: string): string => (name.length > 28 ? `${name.slice(0, 27)}…` : name);
