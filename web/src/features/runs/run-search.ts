/** What the address says of a table of runs. */
export interface RunSearch {
  filter?: string;
  /** As run-columns.ts writes it: "metrics.rmse:asc", "min:metrics.rmse:asc". */
  sort?: string;
  columns?: string;
  view?: "deleted" | "all";
  /** Nested runs among the others. */
  flat?: "1";
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

export const readRunSearch = (search: Record<string, unknown>): RunSearch => ({
  filter: text(search.filter),
  sort: text(search.sort),
  // Empty is a choice too: no columns.
  columns: typeof search.columns === "string" ? search.columns : undefined,
  view: search.view === "deleted" || search.view === "all" ? search.view : undefined,
  flat: search.flat === "1" ? "1" : undefined,
});
