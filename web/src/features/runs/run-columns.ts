import type { Run } from "./api";

// A column is named in the address as "metrics.rmse", "params.depth", "tags.team" or "attributes.started".

export const attributeKeys = [
  "status",
  "started",
  "duration",
  "ended",
  "user",
  "experiment",
  "dataset",
  "source",
] as const;
export type AttributeKey = (typeof attributeKeys)[number];
export type Logged = "metrics" | "params" | "tags";
export type Column = { kind: "attributes"; key: AttributeKey } | { kind: Logged; key: string };

export const columnId = (column: Column): string => `${column.kind}.${column.key}`;

export function parseColumn(id: string): Column | undefined {
  const dot = id.indexOf(".");
  const [kind, key] = [id.slice(0, dot), id.slice(dot + 1)];
  if (dot < 0 || key === "") return undefined;
  if (kind === "metrics" || kind === "params" || kind === "tags") return { kind, key };
  const attribute = attributeKeys.find((each) => each === key);
  return kind === "attributes" && attribute !== undefined ? { kind, key: attribute } : undefined;
}

/** Several columns as one text; a comma in a key is escaped. */
export const writeColumns = (columns: readonly Column[]): string =>
  columns.map((column) => columnId(column).replace(/[%,]/g, encodeURIComponent)).join(",");

export function readColumns(text: string): Column[] {
  const columns = text.split(",").map((part) => parseColumn(part.replaceAll("%2C", ",").replaceAll("%25", "%")));
  const seen = new Set<string>();
  return columns.filter((column): column is Column => {
    if (column === undefined || seen.has(columnId(column))) return false;
    seen.add(columnId(column));
    return true;
  });
}

/** What the platform is asked for, so that a page of runs brings no more than the table shows. */
export function requestedColumns(columns: readonly Column[]): string[] {
  const asked = columns.flatMap((column) => {
    if (column.kind !== "attributes") return [columnId(column)];
    return column.key === "source" ? ["tags.mlflow.source.name"] : [];
  });
  // No column at all would mean every one.
  return asked.length === 0 ? ["tags.mlflow.parentRunId"] : asked;
}

export type Aggregate = "min" | "max";
export interface Sort {
  column: Column | "name";
  /** Of a metric's history; its latest value otherwise. */
  aggregate?: Aggregate;
  isAscending: boolean;
}

export const writeSort = ({ column, aggregate, isAscending }: Sort): string =>
  [aggregate, column === "name" ? column : columnId(column), isAscending ? "asc" : "desc"]
    .filter((part) => part !== undefined)
    .join(":");

export function readSort(text: string | undefined): Sort | undefined {
  const found = /^(?:(min|max):)?(.+):(asc|desc)$/s.exec(text ?? "");
  if (found === null) return undefined;
  const column = found[2] === "name" ? "name" : parseColumn(found[2] ?? "");
  if (column === undefined || (column !== "name" && !isSortable(column))) return undefined;
  const aggregate = found[1] === "min" || found[1] === "max" ? found[1] : undefined;
  return { column, aggregate, isAscending: found[3] === "asc" };
}

const orderNames: Partial<Record<AttributeKey, string>> = {
  status: "status",
  started: "start_time",
  ended: "end_time",
  user: "user_id",
};

export const isSortable = (column: Column): boolean =>
  column.kind !== "attributes" || orderNames[column.key] !== undefined;

/** A logged key as the search grammar writes it. */
export function fieldText({ kind, key }: { kind: Logged; key: string }): string {
  const quote = key.includes("`") ? '"' : "`";
  return `${kind}.${/^[A-Za-z_][\w.]*$/.test(key) ? key : quote + key + quote}`;
}

/** A sort as an element of order_by. */
export function orderText({ column, aggregate, isAscending }: Sort): string {
  const direction = isAscending ? "ASC" : "DESC";
  if (column === "name") return `attributes.run_name ${direction}`;
  if (column.kind === "attributes") return `attributes.${orderNames[column.key] ?? "start_time"} ${direction}`;
  const field = fieldText(column);
  return `${aggregate !== undefined && column.kind === "metrics" ? `${aggregate}(${field})` : field} ${direction}`;
}

export interface KnownKeys {
  metrics: string[];
  params: string[];
  tags: string[];
}

/** The keys that occur in these runs, by name; system metrics and MLflow's own tags last. */
export function keysOf(runs: readonly Run[]): KnownKeys {
  const collect = (kind: Logged) => {
    const keys = new Set(runs.flatMap((run) => (run[kind] ?? []).map((each) => each.key)));
    return [...keys].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, undefined, { numeric: true }));
  };
  return { metrics: collect("metrics"), params: collect("params"), tags: collect("tags") };
}

const rank = (key: string): number => (/^(system\/|mlflow\.)/.test(key) ? 1 : 0);

/**
 * What a table of these runs shows unless the person says otherwise: the metrics most runs have, and the params that tell
 * the runs apart. Ties go to the order in which they were logged.
 */
export function chooseColumns(runs: readonly Run[], most = 3): Column[] {
  const metricCounts = new Map<string, number>();
  const paramValues = new Map<string, string[]>();
  for (const run of runs) {
    for (const { key } of run.metrics ?? [])
      if (!key.startsWith("system/")) metricCounts.set(key, (metricCounts.get(key) ?? 0) + 1);
    for (const { key, value = "" } of run.params ?? []) paramValues.set(key, [...(paramValues.get(key) ?? []), value]);
  }
  const metrics = [...metricCounts].sort(([, a], [, b]) => b - a).map(([key]) => key);
  const params = [...paramValues]
    .filter(([, values]) => values.every((value) => value.length <= 24))
    .sort(([, a], [, b]) => distinct(b) - distinct(a) || b.length - a.length)
    .map(([key]) => key);
  return [
    ...(["status", "started", "duration"] as const).map((key) => ({ kind: "attributes", key }) as const),
    ...metrics.slice(0, most).map((key) => ({ kind: "metrics", key }) as const),
    ...params.slice(0, most).map((key) => ({ kind: "params", key }) as const),
  ];
}

/** Decimals that give the largest of these values about five significant digits, and all the same. */
export function decimalsFor(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite).map(Math.abs);
  if (finite.every(Number.isInteger)) return 0;
  const digitsBefore = Math.floor(Math.log10(Math.max(...finite))) + 1;
  return Math.min(8, Math.max(0, (digitsBefore > 0 ? 5 : 4) - digitsBefore));
}

const distinct = (values: readonly string[]): number => new Set(values).size;
