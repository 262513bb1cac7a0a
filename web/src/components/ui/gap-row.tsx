/** The room of a table's rows that are out of sight. */
export function GapRow({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className="gap-row" style={{ height }}>
      <td />
    </tr>
  );
}
