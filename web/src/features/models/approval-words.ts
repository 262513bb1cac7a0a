import type { Approval } from "./api";

/** Of approvals, newest first, the ids of those that are their person's latest word for a stage. */
export function latestWords(approvals: readonly Approval[]): ReadonlySet<string> {
  const heard = new Set<string>();
  const latest = new Set<string>();
  for (const { approval_id, actor, stage } of approvals) {
    const who = `${stage ?? ""} ${actor ?? ""}`;
    if (heard.has(who)) continue;
    heard.add(who);
    latest.add(approval_id);
  }
  return latest;
}
