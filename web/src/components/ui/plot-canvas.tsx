import { LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useCallback, useRef } from "react";
import type { Format } from "@/lib/format";
import { useLanguage } from "@/lib/language";
import { tooltipStyle, useChart, type ChartColors } from "./chart-canvas";
import type { PlotAxis, PlotChartProps, PlotSeries } from "./plot-chart";

register([LineChart, ScatterChart, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

export default function PlotCanvas({ series, x, y, marks }: PlotChartProps) {
  const { format } = useLanguage();
  const element = useRef<HTMLDivElement>(null);
  const { name: xName, kind: xKind, min: xMin, max: xMax } = x;
  const { name: yName, kind: yKind, min: yMin, max: yMax } = y;
  const draw = useCallback(
    (colors: ChartColors) =>
      options(
        series,
        { name: xName, kind: xKind, min: xMin, max: xMax },
        { name: yName, kind: yKind, min: yMin, max: yMax },
        marks,
        format,
        colors,
      ),
    [series, xName, xKind, xMin, xMax, yName, yKind, yMin, yMax, marks, format],
  );
  useChart(element, draw);
  return <div ref={element} className="plot-canvas" />;
}

function options(
  series: readonly PlotSeries[],
  x: PlotAxis,
  y: PlotAxis,
  marks: PlotChartProps["marks"],
  format: Format,
  colors: ChartColors,
) {
  const labels = { color: colors.quiet, fontSize: 11, fontFamily: colors.fontFamily };
  const names = { color: colors.quiet, fontSize: 11, fontFamily: colors.fontFamily };
  const isTime = x.kind === "time";
  const formatX = (value: number) =>
    isTime
      ? format.dateTime(value)
      : x.kind === "duration" && value !== 0
        ? format.duration(value)
        : format.value(value);
  const drawn = series.flatMap((each): object[] => (each.kind === "band" ? band(each, colors) : [curve(each, colors)]));
  const [first] = drawn;
  return {
    animation: false,
    grid: { left: 8, right: 18, top: 26, bottom: 24, containLabel: true },
    xAxis: {
      type: isTime ? ("time" as const) : ("value" as const),
      name: x.name,
      nameLocation: "middle" as const,
      nameGap: 26,
      nameTextStyle: names,
      scale: true,
      min: x.min,
      max: x.max,
      ...(x.kind === "duration" ? durationTicks(series) : {}),
      axisLine: { onZero: false, lineStyle: { color: colors.axis } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        ...labels,
        hideOverlap: true,
        ...(isTime ? {} : { formatter: formatX }),
      },
    },
    yAxis: {
      type: "value" as const,
      name: y.name,
      nameTextStyle: { ...names, align: "left" as const },
      nameGap: 10,
      scale: true,
      // Shares are read in fifths.
      splitNumber: y.min === 0 && y.max === 1 ? 5 : 4,
      minInterval: y.kind === "count" ? 1 : undefined,
      min: y.min,
      max: y.max,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: colors.line } },
      axisLabel: { ...labels, formatter: (value: number) => format.value(value) },
    },
    tooltip: {
      ...tooltipStyle(colors),
      confine: true,
      trigger: series.some(({ kind }) => kind === "points") ? ("item" as const) : ("axis" as const),
      axisPointer: { lineStyle: { color: colors.axis } },
      formatter: (hit: Hit | Hit[]) => {
        const hits = (Array.isArray(hit) ? hit : [hit]).filter(({ seriesName }) => seriesName !== "");
        const [found] = hits;
        if (found === undefined) return "";
        const note = series.find(({ name }) => name === found.seriesName)?.notes?.[found.dataIndex];
        return [
          ...(note === undefined ? [] : [note]),
          `${x.name}   ${formatX(found.value[0])}`,
          ...hits.map(({ seriesName, value }) => `${seriesName}   ${format.value(value[1])}`),
        ].join("\n");
      },
    },
    series:
      marks === undefined || first === undefined
        ? drawn
        : [
            {
              ...first,
              markLine: {
                symbol: "none",
                silent: true,
                lineStyle: { color: colors.quiet, type: "dashed" as const },
                label: { ...labels, color: colors.text, position: "end" as const },
                data: marks.map((mark) => ({ xAxis: mark.x, label: { formatter: mark.text } })),
              },
            },
            ...drawn.slice(1),
          ],
  };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const tickSteps = [
  ...[1, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 5, 10, 30].map((n) => n * MINUTE),
  ...[1, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];
const MOST_TICKS = 6;

/** Ticks at whole minutes, hours or days; ECharts' own are at powers of ten. */
function durationTicks(series: readonly PlotSeries[]) {
  const places = series.flatMap(({ points }) => points.map(([place]) => place)).filter(Number.isFinite);
  if (places.length === 0) return {};
  const low = Math.min(...places);
  const high = Math.max(...places);
  const interval = tickSteps.find((step) => (high - low) / step <= MOST_TICKS - 1);
  if (interval === undefined) return {};
  return { interval, min: Math.floor(low / interval) * interval, max: Math.ceil(high / interval) * interval };
}

interface Hit {
  seriesName: string;
  dataIndex: number;
  value: [number, number];
}

function curve({ name, kind, color, points, isDashed = false }: PlotSeries, colors: ChartColors) {
  const data = points.map(([x, y]) => [x, Number.isFinite(y) ? y : null]);
  if (kind === "points")
    return {
      name,
      type: "scatter" as const,
      data,
      symbolSize: points.length > 300 ? 4 : 7,
      itemStyle: { color: colors.series(color), opacity: 0.6 },
    };
  return {
    name,
    type: "line" as const,
    data,
    step: kind === "steps" ? ("end" as const) : undefined,
    showSymbol: points.length === 1,
    silent: isDashed,
    color: colors.series(color),
    lineStyle: { width: isDashed ? 1.25 : 1.75, type: isDashed ? ("dashed" as const) : ("solid" as const) },
    areaStyle: kind === "steps" ? { color: colors.series(color), opacity: 0.25 } : undefined,
    z: 3,
  };
}

/** A line that is not seen and, stacked on it, the area up to the upper one. */
function band({ color, points, upper = [] }: PlotSeries, colors: ChartColors) {
  const stack = `band-${color}`;
  const line = {
    name: "",
    type: "line" as const,
    stack,
    stackStrategy: "all" as const,
    silent: true,
    showSymbol: false,
    lineStyle: { opacity: 0 },
    z: 1,
  };
  return [
    { ...line, data: points.map(([x, y]) => [x, y]) },
    {
      ...line,
      data: points.map(([x, y], i) => [x, (upper[i]?.[1] ?? y) - y]),
      areaStyle: { color: colors.series(color), opacity: 0.18 },
    },
  ];
}
