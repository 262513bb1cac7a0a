import type { Run } from "./api";
import type { Logged } from "./run-columns";

export interface CompareRow {
  key: string;
  /** One for each run; nothing where the run did not log it. */
  values: (string | undefined)[];
  /** Not all runs agree. */
  differs: boolean;
}

/** What these runs logged, key by key, each with the runs' values side by side. */
export function compareRows(runs: readonly Run[], kind: Logged): CompareRow[] {
  const maps = runs.map(
    (run) => new Map((run[kind] ?? []).map(({ key, value }) => [key, String(value ?? empty[kind])])),
  );
  const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))].filter((key) => !key.startsWith("mlflow."));
  return keys
    .sort((a, b) => machine(a) - machine(b) || a.localeCompare(b, undefined, { numeric: true }))
    .map((key) => {
      const values = maps.map((map) => map.get(key));
      return { key, values, differs: new Set(values).size > 1 };
    });
}

/** The machine's own metrics come last. */
const machine = (key: string): number => (key.startsWith("system/") ? 1 : 0);

/** What the JSON leaves out. */
const empty: Record<Logged, string> = { metrics: "0", params: "", tags: "" };

export interface Axis {
  /** "params.depth" or "metrics.rmse". */
  id: string;
  key: string;
  isNumeric: boolean;
  values: (number | string | undefined)[];
}

/** Params that differ and metrics, as axes; numbers where all values are. */
export function compareAxes(runs: readonly Run[]): Axis[] {
  const axes = (kind: "params" | "metrics") =>
    compareRows(runs, kind)
      // A line needs two places on an axis to go to.
      .filter(({ values }) => new Set(values.filter((value) => value !== undefined)).size > 1)
      .map(({ key, values }) => {
        const isNumeric = values.every(
          (value) => value === undefined || (value !== "" && Number.isFinite(Number(value))),
        );
        return {
          id: `${kind}.${key}`,
          key,
          isNumeric,
          values: values.map((value) => (isNumeric && value !== undefined ? Number(value) : value)),
        };
      });
  return [...axes("params"), ...axes("metrics").filter((axis) => axis.isNumeric && !axis.key.startsWith("system/"))];
}

/** Whether numbers span so much that a logarithm shows them better. */
export function wantsLog(values: readonly (number | string | undefined)[]): boolean {
  const numbers = values.filter((value): value is number => typeof value === "number");
  const least = Math.min(...numbers);
  return numbers.length > 0 && least > 0 && Math.max(...numbers) / least >= 100;
}

const ID = /^[0-9a-f]{32}$/;

/** The ids in an address, each once, and no more than can be compared. */
export const readRunIds = (text: string | undefined, most: number): string[] =>
  [...new Set((text ?? "").split(",").filter((id) => ID.test(id)))].slice(0, most);
