import { readColumns, writeColumns, type Column } from "./run-columns";

const keyOf = (experiments: readonly string[]) => `millwright.columns.${experiments.join(",")}`;

/** The columns last chosen in this browser for these experiments, for addresses that name none. */
export function recallColumns(experiments: readonly string[]): Column[] | undefined {
  const stored = localStorage.getItem(keyOf(experiments));
  return stored === null ? undefined : readColumns(stored);
}

/** Nothing forgets them. */
export function rememberColumns(experiments: readonly string[], columns: readonly Column[] | undefined): void {
  if (columns === undefined) localStorage.removeItem(keyOf(experiments));
  else localStorage.setItem(keyOf(experiments), writeColumns(columns));
}
