import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { init } from "echarts/core";
import { useEffect, useRef, type RefObject } from "react";
import { onThemeChange } from "@/lib/theme";
import { SERIES_COLORS } from "./series-style";

export interface ChartColors {
  text: string;
  quiet: string;
  line: string;
  axis: string;
  raised: string;
  fontFamily: string;
  /** Of the series at this place; more than there are colours begin again. */
  series: (place: number) => string;
}

/** An ECharts picture in `element`, of our content, size and theme. `draw` must keep its identity while nothing changes. */
export function useChart(
  element: RefObject<HTMLDivElement | null>,
  draw: (colors: ChartColors) => EChartsCoreOption,
): RefObject<EChartsType | null> {
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
  }, [element]);
  useEffect(() => {
    const redraw = () => chart.current?.setOption(draw(readColors()), { notMerge: true });
    redraw();
    return onThemeChange(redraw);
  }, [draw]);
  return chart;
}

/** The tokens' values now: a canvas cannot be given var(--…) or light-dark(…). */
function readColors(): ChartColors {
  const probe = document.createElement("span");
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const read = (name: string) => {
    probe.style.color = `var(${name})`;
    return style.color;
  };
  const series = Array.from({ length: SERIES_COLORS }, (_, i) => read(`--series-${i}`));
  const colors: ChartColors = {
    text: read("--text"),
    quiet: read("--text-muted"),
    line: read("--border"),
    axis: read("--border-strong"),
    raised: read("--surface-raised"),
    fontFamily: style.fontFamily,
    series: (place) => series[place % SERIES_COLORS] ?? "",
  };
  probe.remove();
  return colors;
}

export const tooltipStyle = (colors: ChartColors) => ({
  transitionDuration: 0,
  renderMode: "richText" as const,
  backgroundColor: colors.raised,
  borderColor: colors.axis,
  textStyle: { color: colors.text, fontSize: 12, fontFamily: colors.fontFamily },
});
