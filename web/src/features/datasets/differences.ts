import type { ColumnDifference } from "./api";

/** The statistics that have a column of their own in the table, in its order. */
export const shownStatistics = ["mean", "sd", "min", "median", "max", "missing_share", "distinct"] as const;
export type ShownStatistic = (typeof shownStatistics)[number];

export const isChanged = ({ change, drift, statistics = [] }: ColumnDifference): boolean =>
  (change !== undefined && change !== "same") || (drift !== undefined && drift !== "none") || statistics.length > 0;

export type DifferenceOrder = "table" | "psi";

/** What a person looks for: of the wanted name, the changed ones only when asked, the greatest shift first when asked. */
export function differencesToShow(
  columns: readonly ColumnDifference[],
  { find, onlyChanged, order }: { find: string; onlyChanged: boolean; order: DifferenceOrder },
): readonly ColumnDifference[] {
  const wanted = find.toLocaleLowerCase();
  const found = columns.filter(
    (column) => column.name.toLocaleLowerCase().includes(wanted) && (!onlyChanged || isChanged(column)),
  );
  if (order === "table") return found;
  // A column that came or went has no shift to compare and is more than any.
  const rank = ({ change, psi }: ColumnDifference) =>
    change === "added" || change === "removed" ? Infinity : psi === undefined ? -1 : Number(psi);
  return [...found].sort((a, b) => rank(b) - rank(a));
}

export interface DifferenceCounts {
  added: number;
  removed: number;
  schema: number;
  large: number;
  moderate: number;
}

export function countDifferences(columns: readonly ColumnDifference[]): DifferenceCounts {
  const count = (holds: (column: ColumnDifference) => boolean) => columns.filter(holds).length;
  return {
    added: count(({ change }) => change === "added"),
    removed: count(({ change }) => change === "removed"),
    schema: count(({ change }) => change === "schema"),
    large: count(({ drift }) => drift === "large"),
    moderate: count(({ drift }) => drift === "moderate"),
  };
}
