import { lazy, Suspense, type KeyboardEvent } from "react";
import { Skeleton } from "./skeleton";
import { extentOf, ZOOM_KEYS, zoomByKey } from "./zoom-keys";

export interface Point {
  x: number;
  y: number;
}

export interface Series {
  name: string;
  /** Its place among the series' colours; the same thing has the same place in every chart. */
  color: number;
  points: readonly Point[];
  /** What was measured, drawn faintly, when `points` are smoothed. */
  measured?: readonly Point[];
}

export interface ChartAxes {
  /** What x is: a count, an instant in milliseconds, or milliseconds since a start. */
  x: "count" | "time" | "duration";
  isLogX: boolean;
  isLogY: boolean;
}

export type Range = readonly [from: number, to: number];

export interface LineChartProps {
  /** Says what a person who cannot see the picture needs from it. */
  label: string;
  series: readonly Series[];
  axes: ChartAxes;
  /** The part of x to show; everything when left out. */
  range?: Range;
  /** A part was chosen with the pointer; nothing for everything again. */
  onRange?: (range: Range | undefined) => void;
  isTall?: boolean;
}

const Canvas = lazy(() => import("./line-chart-canvas"));

export function LineChart(props: LineChartProps) {
  const { series, range, onRange } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    const whole = extentOf(series);
    const next = whole && zoomByKey(event.key, range ?? whole, whole);
    if (next === undefined || onRange === undefined) return;
    event.preventDefault();
    onRange(next === "whole" ? undefined : next);
  };
  return (
    <figure
      className={props.isTall === true ? "chart chart-tall" : "chart"}
      role="img"
      aria-label={props.label}
      {...(onRange === undefined ? {} : { tabIndex: 0, "aria-keyshortcuts": ZOOM_KEYS, onKeyDown })}
    >
      <Suspense fallback={<Skeleton lines={3} />}>
        <Canvas {...props} />
      </Suspense>
    </figure>
  );
}
