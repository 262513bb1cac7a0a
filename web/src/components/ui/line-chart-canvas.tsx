import { LineChart as Line } from "echarts/charts";
import { DataZoomComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useLanguage } from "@/lib/language";
import type { Format } from "@/lib/format";
import { onThemeChange } from "@/lib/theme";
import type { LineChartProps } from "./line-chart";

register([Line, GridComponent, TooltipComponent, DataZoomComponent, CanvasRenderer]);

export default function LineChartCanvas({ points, xAxis }: LineChartProps) {
  const { format } = useLanguage();
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(null);

  // ECharts draws outside React; these two keep its picture the size and content of ours.
  useEffect(() => {
    if (element.current === null) return;
    const made = init(element.current);
    const sizes = new ResizeObserver(() => made.resize());
    chart.current = made;
    sizes.observe(element.current);
    return () => {
      sizes.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    const draw = () => chart.current?.setOption(options(points, xAxis, format, readTokens()), { notMerge: true });
    draw();
    return onThemeChange(draw);
  }, [points, xAxis, format]);

  return <div ref={element} className="chart-canvas" />;
}

/** The tokens' values now: a canvas cannot be given var(--…) or light-dark(…). */
function readTokens(): (name: string) => string {
  const probe = document.createElement("span");
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const names = [
    "--text",
    "--text-muted",
    "--border",
    "--border-strong",
    "--surface-raised",
    "--chart-line",
    "--chart-fill",
  ];
  const colors = new Map(
    names.map((name) => {
      probe.style.color = `var(${name})`;
      return [name, style.color];
    }),
  );
  probe.remove();
  return (name) => colors.get(name) ?? "";
}

function options(
  points: LineChartProps["points"],
  xAxis: LineChartProps["xAxis"],
  format: Format,
  token: (name: string) => string,
) {
  const fontFamily = getComputedStyle(document.body).fontFamily;
  const quiet = token("--text-muted");
  const labels = { color: quiet, fontSize: 11, fontFamily };
  const formatX = (x: number) => (xAxis === "time" ? format.dateTime(x) : format.count(x));
  return {
    animation: false,
    grid: { left: 0, right: 10, top: 8, bottom: 0, containLabel: true },
    xAxis: {
      type: xAxis === "time" ? "time" : "value",
      min: "dataMin",
      max: "dataMax",
      axisLine: { lineStyle: { color: token("--border-strong") } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { ...labels, hideOverlap: true, showMaxLabel: points.length < 8 },
    },
    yAxis: {
      type: "value",
      scale: true,
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: token("--border") } },
      axisLabel: { ...labels, formatter: (y: number) => format.value(y) },
    },
    tooltip: {
      trigger: "axis",
      transitionDuration: 0,
      renderMode: "richText",
      backgroundColor: token("--surface-raised"),
      borderColor: token("--border-strong"),
      textStyle: { color: token("--text"), fontSize: 12, fontFamily },
      axisPointer: { lineStyle: { color: token("--border-strong") } },
      formatter: (hits: { value: [number, number] }[]) =>
        hits.map(({ value: [x, y] }) => `${formatX(x)}   ${format.value(y)}`).join("\n"),
    },
    dataZoom: [{ type: "inside", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false }],
    series: [
      {
        type: "line",
        data: points.map(({ x, y }) => [x, y]),
        sampling: "lttb",
        showSymbol: points.length === 1,
        symbolSize: 6,
        lineStyle: { width: 1.75 },
        color: token("--chart-line"),
        areaStyle: { color: token("--chart-fill") },
      },
    ],
  };
}
