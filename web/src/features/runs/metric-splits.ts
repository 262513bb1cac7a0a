import type { Metric } from "./api";

const splits = ["train", "validation", "test"] as const;
export type Split = (typeof splits)[number];

export interface MetricTable {
  /** The splits that occur, in the order in which data is used. */
  splits: Split[];
  /** Metrics measured on splits, such as train_rmse and test_rmse: one row each. */
  rows: { name: string; bySplit: Partial<Record<Split, Metric>> }[];
  /** The others. */
  plain: Metric[];
}

/** Puts train_rmse, validation_rmse and test_rmse beside each other. */
export function splitMetrics(metrics: readonly Metric[]): MetricTable {
  const rows = new Map<string, Partial<Record<Split, Metric>>>();
  const plain: Metric[] = [];
  for (const metric of metrics) {
    const split = splits.find((each) => metric.key.startsWith(`${each}_`));
    if (split === undefined) {
      plain.push(metric);
      continue;
    }
    const name = metric.key.slice(split.length + 1);
    rows.set(name, { ...rows.get(name), [split]: metric });
  }
  return {
    splits: splits.filter((split) => [...rows.values()].some((row) => row[split] !== undefined)),
    rows: [...rows].map(([name, bySplit]) => ({ name, bySplit })),
    plain,
  };
}
