import { lazy, Suspense } from "react";
import { Skeleton } from "./skeleton";

export interface RelationAxis {
  id: string;
  name: string;
  isNumeric: boolean;
  isLog: boolean;
}

export interface RelationItem {
  name: string;
  /** Its place among the series' colours. */
  color: number;
  /** One for each axis; nothing where it is not known. */
  values: readonly (number | string | undefined)[];
}

export interface RelationChartProps {
  label: string;
  axes: readonly RelationAxis[];
  items: readonly RelationItem[];
  onItem?: (index: number) => void;
}

const Scatter = lazy(() => import("./relation-canvas").then((module) => ({ default: module.ScatterCanvas })));
const Parallel = lazy(() => import("./relation-canvas").then((module) => ({ default: module.ParallelCanvas })));

/** The first axis across, the second up; a dot for each item. */
export function ScatterChart(props: RelationChartProps) {
  return (
    <figure className="chart chart-relation" role="img" aria-label={props.label}>
      <Suspense fallback={<Skeleton lines={6} />}>
        <Scatter {...props} />
      </Suspense>
    </figure>
  );
}

/** The axes side by side, a line for each item; the last axis gives the colour. */
export function ParallelChart(props: RelationChartProps) {
  return (
    <figure className="chart chart-relation" role="img" aria-label={props.label}>
      <Suspense fallback={<Skeleton lines={6} />}>
        <Parallel {...props} />
      </Suspense>
    </figure>
  );
}
