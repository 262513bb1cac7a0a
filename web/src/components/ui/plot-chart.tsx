import { lazy, Suspense } from "react";
import { InSight } from "./in-sight";
import { Skeleton } from "./skeleton";

export type PlotPoint = readonly [x: number, y: number];

export interface PlotSeries {
  name: string;
  /** A band lies between `points` and `upper`, which has the same places. Steps stay at a point's height until the next one. */
  kind: "line" | "points" | "steps" | "band";
  /** Its place among the series' colours. */
  color: number;
  points: readonly PlotPoint[];
  upper?: readonly PlotPoint[];
  isDashed?: boolean;
  /** Texts of the points, on hover. */
  notes?: readonly string[];
}

export interface PlotAxis {
  name: string;
  /** Times and durations are in milliseconds. */
  kind?: "number" | "count" | "time" | "duration";
  min?: number;
  max?: number;
}

export interface PlotChartProps {
  /** Says what a person who cannot see the picture needs from it. */
  label: string;
  series: readonly PlotSeries[];
  x: PlotAxis;
  y: PlotAxis;
  /** Upright lines at places of x. */
  marks?: readonly { x: number; text: string }[];
  isTall?: boolean;
}

const Canvas = lazy(() => import("./plot-canvas"));

/** Measured points, curves and bands over two axes; drawn once it comes into sight. `series` must keep its identity. */
export function PlotChart(props: PlotChartProps) {
  const named = props.series.filter(({ name, kind }) => name !== "" && kind !== "band");
  return (
    <figure className={props.isTall === true ? "plot plot-tall" : "plot"} role="img" aria-label={props.label}>
      {named.length > 1 && (
        <figcaption className="plot-legend">
          {named.map(({ name, kind, color }) => (
            <span key={name}>
              <span
                className={kind === "points" ? "plot-key plot-key-points" : "plot-key"}
                style={{ color: `var(--series-${color})` }}
              />
              {name}
            </span>
          ))}
        </figcaption>
      )}
      <div className="plot-area">
        <InSight>
          <Suspense fallback={<Skeleton lines={4} />}>
            <Canvas {...props} />
          </Suspense>
        </InSight>
      </div>
    </figure>
  );
}
