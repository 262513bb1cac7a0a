import type { Format } from "@/lib/format";
import { toInstant } from "@/lib/instant";
import { readList, readNumber, readNumbers, readObject, readText, type Json } from "@/lib/json-read";
import type { DatasetVersion } from "./api";

/** Bins of numbers, or the values themselves where there are few; what does not fit is in `other`. */
export type Histogram =
  | { kind: "bins"; edges: readonly number[]; counts: readonly number[] }
  | { kind: "values"; values: readonly string[]; counts: readonly number[]; other: number };

/** A column of a dataset version: its schema and statistics. Figures are undefined where they are not known. */
export interface ColumnFacts {
  name: string;
  role: string;
  type: string;
  unit?: string;
  count?: number;
  missing?: number;
  distinct?: number;
  mean?: number;
  sd?: number;
  min?: number;
  max?: number;
  median?: number;
  /** At evenly spaced shares from 0 to 1. */
  quantiles: readonly number[];
  histogram?: Histogram;
  /** So many rows were drawn for quantiles, distinct and histogram; all of them when undefined. */
  sampled?: number;
}

/** The columns of a version in the order of its schema. */
export function readColumns(version: DatasetVersion): ColumnFacts[] {
  const statistics = new Map(
    readList(readObject(version.statistics).columns).map((each) => [readText(readObject(each).name), readObject(each)]),
  );
  return readList(readObject(version.schema).columns).flatMap((each) => {
    const schema = readObject(each);
    const name = readText(schema.name);
    return name === undefined ? [] : [toFacts(name, schema, statistics.get(name) ?? {})];
  });
}

function toFacts(name: string, schema: Json, statistics: Json): ColumnFacts {
  const quantiles = readNumbers(statistics.quantiles);
  const median = quantiles.length % 2 === 1 ? quantiles[(quantiles.length - 1) / 2] : undefined;
  return {
    name,
    role: readText(schema.role) ?? "",
    type: readText(schema.type) ?? "",
    unit: readText(schema.unit),
    count: readNumber(statistics.count),
    missing: readNumber(statistics.missing),
    distinct: readNumber(statistics.distinct),
    mean: readNumber(statistics.mean),
    sd: readNumber(statistics.sd),
    min: readNumber(statistics.min),
    max: readNumber(statistics.max),
    median: readNumber(median),
    quantiles: quantiles.some(Number.isNaN) ? [] : quantiles,
    histogram: readHistogram(statistics.histogram),
    sampled: readNumber(statistics.sampled),
  };
}

function readHistogram(json: unknown): Histogram | undefined {
  const { edges: edgesJson, values: valuesJson, counts: countsJson, other } = readObject(json);
  const counts = readNumbers(countsJson);
  if (counts.length === 0 || counts.some((count) => !(count >= 0))) return undefined;
  if (valuesJson !== undefined) {
    const values = readList(valuesJson).map((value) => readText(value) ?? "");
    return values.length === counts.length
      ? { kind: "values", values, counts, other: readNumber(other) ?? 0 }
      : undefined;
  }
  const edges = readNumbers(edgesJson);
  return edges.length === counts.length + 1 && edges.every((edge, i) => i === 0 || edge >= (edges[i - 1] ?? edge))
    ? { kind: "bins", edges, counts }
    : undefined;
}

/** Whether its values are instants rather than a counter. */
export const hasInstants = ({ role, min }: ColumnFacts): boolean =>
  role === "time" && min !== undefined && toInstant(min) !== undefined;

/** A value of a column: an instant as a date, a dash where it is not known. */
export function valueText(column: ColumnFacts, value: number | undefined, format: Format): string {
  if (value === undefined) return "–";
  const instant = hasInstants(column) ? toInstant(value) : undefined;
  return instant === undefined ? format.value(value) : format.dateTime(instant);
}

/** The share of empty cells; undefined where it is not known. */
export const missingShare = ({ count, missing }: ColumnFacts): number | undefined =>
  count === undefined || missing === undefined || count + missing === 0 ? undefined : missing / (count + missing);

/**
 * Bars of equal width from `low` to `high` out of bins of any width, each bin spread evenly over its own width. The bars
 * together hold what the bins hold between the two.
 */
export function evenBars(
  { edges, counts }: { edges: readonly number[]; counts: readonly number[] },
  bars: number,
  low: number,
  high: number,
): number[] {
  const made = new Array<number>(bars).fill(0);
  const width = (high - low) / bars;
  const placeOf = (x: number) => Math.min(bars - 1, Math.max(0, Math.floor((x - low) / width)));
  counts.forEach((count, i) => {
    const from = edges[i] ?? 0;
    const to = edges[i + 1] ?? from;
    if (to < low || from > high || !(width > 0)) return;
    // A bin without width is one value that many cells have.
    if (to === from) {
      made[placeOf(from)] = (made[placeOf(from)] ?? 0) + count;
      return;
    }
    for (let place = placeOf(from); place <= placeOf(to); ++place) {
      const overlap = Math.min(to, low + (place + 1) * width) - Math.max(from, low + place * width);
      if (overlap > 0) made[place] = (made[place] ?? 0) + (count * overlap) / (to - from);
    }
  });
  return made;
}

export const totalOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
