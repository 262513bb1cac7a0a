import { lazy, Suspense } from "react";
import { Skeleton } from "./skeleton";

export interface Point {
  x: number;
  y: number;
}

export interface LineChartProps {
  /** Says what a person who cannot see the picture needs from it. */
  label: string;
  points: readonly Point[];
  xAxis: "step" | "time";
}

const Canvas = lazy(() => import("./line-chart-canvas"));

export function LineChart(props: LineChartProps) {
  return (
    <figure className="chart" role="img" aria-label={props.label}>
      <Suspense fallback={<Skeleton lines={3} />}>
        <Canvas {...props} />
      </Suspense>
    </figure>
  );
}
