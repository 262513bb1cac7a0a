import { ParallelChart as Parallel, ScatterChart as Scatter } from "echarts/charts";
import { GridComponent, ParallelComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { use as register } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useCallback, useEffect, useRef } from "react";
import { useLanguage } from "@/lib/language";
import type { Format } from "@/lib/format";
import { tooltipStyle, useChart, type ChartColors } from "./chart-canvas";
import type { RelationAxis, RelationChartProps, RelationItem } from "./relation-chart";

register([Scatter, Parallel, GridComponent, ParallelComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

export function ScatterCanvas({ axes, items, onItem }: RelationChartProps) {
  const { format } = useLanguage();
  const element = useRef<HTMLDivElement>(null);
  const draw = useCallback((colors: ChartColors) => scatter(axes, items, format, colors), [axes, items, format]);
  const chart = useChart(element, draw);
  useEffect(() => {
    const made = chart.current;
    const open = ({ dataIndex }: { dataIndex?: number }) => {
      if (dataIndex !== undefined) onItem?.(dataIndex);
    };
    made?.on("click", open);
    return () => {
      made?.off("click", open);
    };
  }, [chart, onItem]);
  return <div ref={element} className="chart-canvas" />;
}

export function ParallelCanvas({ axes, items }: RelationChartProps) {
  const { format } = useLanguage();
  const element = useRef<HTMLDivElement>(null);
  const draw = useCallback((colors: ChartColors) => parallel(axes, items, format, colors), [axes, items, format]);
  useChart(element, draw);
  return <div ref={element} className="chart-canvas" />;
}

function axisOption(
  axis: RelationAxis,
  index: number,
  items: readonly RelationItem[],
  format: Format,
  colors: ChartColors,
) {
  const label = { color: colors.quiet, fontSize: 11, fontFamily: colors.fontFamily };
  const name = { color: colors.text, fontSize: 12, fontFamily: colors.fontFamily };
  const line = { axisLine: { lineStyle: { color: colors.axis } }, axisTick: { show: false } };
  if (!axis.isNumeric) {
    const values = [...new Set(items.map((item) => item.values[index]).filter((value) => value !== undefined))];
    return {
      type: "category" as const,
      name: axis.name,
      nameTextStyle: name,
      data: values.map(String),
      axisLabel: { ...label, width: 88, overflow: "truncate" as const },
      ...line,
    };
  }
  return {
    type: axis.isLog ? ("log" as const) : ("value" as const),
    scale: true,
    minInterval: items.every((item) => Number.isInteger(item.values[index] ?? 0)) ? 1 : undefined,
    name: axis.name,
    nameTextStyle: name,
    axisLabel: { ...label, hideOverlap: true, formatter: (value: number) => format.value(value) },
    splitLine: { lineStyle: { color: colors.line } },
    ...line,
  };
}

const shown = (value: number | string | undefined, format: Format): string =>
  value === undefined ? "–" : typeof value === "number" ? format.value(value) : value;

function scatter(axes: readonly RelationAxis[], items: readonly RelationItem[], format: Format, colors: ChartColors) {
  const [x, y] = axes;
  if (x === undefined || y === undefined) return {};
  return {
    animation: false,
    grid: { left: 12, right: 24, top: 34, bottom: 34, containLabel: true },
    xAxis: { ...axisOption(x, 0, items, format, colors), nameLocation: "middle", nameGap: 32 },
    yAxis: {
      ...axisOption(y, 1, items, format, colors),
      nameTextStyle: { color: colors.text, align: "left", fontSize: 12 },
    },
    tooltip: {
      ...tooltipStyle(colors),
      confine: true,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const item = items[dataIndex];
        return item === undefined
          ? ""
          : [item.name, ...axes.map((axis, i) => `${axis.name}   ${shown(item.values[i], format)}`)].join("\n");
      },
    },
    series: [
      {
        type: "scatter" as const,
        symbolSize: 11,
        data: items.map((item) => ({
          value: [item.values[0] ?? null, item.values[1] ?? null],
          itemStyle: { color: colors.series(item.color), opacity: 0.85 },
        })),
      },
    ],
  };
}

function parallel(axes: readonly RelationAxis[], items: readonly RelationItem[], format: Format, colors: ChartColors) {
  const last = axes.length - 1;
  const numbers = items.map((item) => item.values[last]).filter((value): value is number => typeof value === "number");
  return {
    animation: false,
    parallel: { left: 56, right: 90, top: 44, bottom: 24, parallelAxisDefault: { nameLocation: "end", nameGap: 18 } },
    parallelAxis: axes.map((axis, dim) => ({
      dim,
      ...axisOption(axis, dim, items, format, colors),
      nameTruncate: { maxWidth: 130 },
    })),
    visualMap: {
      show: false,
      dimension: last,
      min: Math.min(...numbers),
      max: Math.max(...numbers),
      inRange: { color: [colors.series(2), colors.series(0), colors.series(6), colors.series(1)] },
    },
    tooltip: {
      ...tooltipStyle(colors),
      confine: true,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const item = items[dataIndex];
        return item === undefined
          ? ""
          : [item.name, ...axes.map((axis, i) => `${axis.name}   ${shown(item.values[i], format)}`)].join("\n");
      },
    },
    series: [
      {
        type: "parallel" as const,
        lineStyle: { width: 1.75, opacity: 0.75 },
        emphasis: { lineStyle: { width: 3, opacity: 1 } },
        data: items.map((item) => ({ name: item.name, value: item.values.map((value) => value ?? "-") })),
      },
    ],
  };
}
