import type { ReactNode } from "react";

export type Tone = "good" | "warn" | "bad" | "info" | "accent" | "neutral";

/** A word about a state, never by colour alone. `live` adds a pulse for what is still going on. */
export function Badge({
  tone = "neutral",
  live = false,
  children,
}: {
  tone?: Tone;
  live?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={`badge tone-${tone}`}>
      <span className={live ? "dot dot-live" : "dot"} aria-hidden />
      {children}
    </span>
  );
}
