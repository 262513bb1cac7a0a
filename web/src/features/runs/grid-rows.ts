import type { Run } from "./api";

export interface GridRow {
  run: Run;
  isNested: boolean;
  /** Left out where the run has none nested in it. */
  isOpen?: boolean;
}

/** Runs in their order, each open one followed by what is nested in it. */
export function gridRows(
  runs: readonly Run[],
  parents: ReadonlySet<string> | "any",
  nested: ReadonlyMap<string, readonly Run[] | undefined>,
): GridRow[] {
  return runs.flatMap((run) => {
    const isParent = parents === "any" || parents.has(run.run_id);
    const isOpen = nested.has(run.run_id);
    return [
      { run, isNested: false, isOpen: isParent ? isOpen : undefined },
      ...(nested.get(run.run_id) ?? []).map((each) => ({ run: each, isNested: true })),
    ];
  });
}
