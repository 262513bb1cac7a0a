import type { Promotion } from "./api";

/** The version that a rollback from `current` would return to, as far as the loaded history tells. */
export function previousVersion(history: readonly Promotion[], current: number): number | undefined {
  const arrival = history.find(
    (entry) =>
      entry.version === current &&
      (entry.kind === "PROMOTION_KIND_ROLLED_BACK" ||
        (entry.kind === "PROMOTION_KIND_PROMOTED" && entry.to_stage === "STAGE_PRODUCTION")),
  );
  // After a rollback the version before is not the one just left: the platform alone knows.
  if (arrival?.kind !== "PROMOTION_KIND_PROMOTED") return undefined;
  return (arrival.replaced_version ?? 0) > 0 ? arrival.replaced_version : undefined;
}
