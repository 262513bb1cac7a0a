import type { ReactNode } from "react";

/** The parts of a page that have addresses of their own; the children are links. */
export function SubNav({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className="sub-nav" aria-label={label}>
      {children}
    </nav>
  );
}
