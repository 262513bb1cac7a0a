import type { CSSProperties, ReactNode } from "react";
import { GapRow } from "./gap-row";
import { useWindow } from "./use-window";

interface Props<Row> {
  label: string;
  /** The scroller's name: the table's when left out. */
  region?: string;
  rows: readonly Row[];
  /** Of every row, in pixels. */
  rowHeight: number;
  className?: string;
  /** The cells of the head. */
  head: ReactNode;
  /** Draws a `<tr>`; the second argument is its aria-rowindex. */
  children: (row: Row, rowIndex: number) => ReactNode;
}

/** A table of any number of rows of one height: only those in sight are drawn. */
export function WindowTable<Row>({
  label,
  region = label,
  rows,
  rowHeight,
  className = "",
  head,
  children,
}: Props<Row>) {
  const { scroller, onScroll, first, end } = useWindow(rows.length, rowHeight);
  return (
    <div
      ref={scroller}
      className={`window-scroll ${className}`}
      role="region"
      aria-label={region}
      tabIndex={0}
      onScroll={onScroll}
    >
      <table
        className="window-table"
        style={{ "--row-height": `${rowHeight}px` } as CSSProperties}
        aria-label={label}
        aria-rowcount={rows.length + 1}
      >
        <thead>
          <tr aria-rowindex={1}>{head}</tr>
        </thead>
        <tbody>
          <GapRow height={first * rowHeight} />
          {rows.slice(first, end).map((row, i) => children(row, first + i + 2))}
          <GapRow height={(rows.length - end) * rowHeight} />
        </tbody>
      </table>
    </div>
  );
}
