import type { ReactNode } from "react";

/** A table that scrolls sideways inside its card when the window is narrow. */
export function Table({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="table-scroll">
      <table aria-label={label}>{children}</table>
    </div>
  );
}
