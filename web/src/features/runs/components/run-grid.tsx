import { Link } from "@tanstack/react-router";
import { memo, useEffect, useMemo } from "react";
import { ActionMenu } from "@/components/ui/action-menu";
import { GapRow } from "@/components/ui/gap-row";
import { Icon } from "@/components/ui/icon";
import { useWindow } from "@/components/ui/use-window";
import { useLanguage } from "@/lib/language";
import type { Run } from "../api";
import type { GridRow } from "../grid-rows";
import { columnId, decimalsFor, isSortable, type Column, type Sort } from "../run-columns";
import { attributeTitles, RunCell } from "./run-cell";

const ROW_HEIGHT = 38;
/** So many rows before the end the next page is asked for. */
const AHEAD = 40;
const SAMPLED_ROWS = 300;

interface Props {
  label: string;
  rows: readonly GridRow[];
  columns: readonly Column[];
  sort: Sort | undefined;
  onSort: (sort: Sort | undefined) => void;
  onHide: (column: Column) => void;
  chosen: ReadonlyMap<string, Run>;
  onChoose: (run: Run, isChosen: boolean) => void;
  onToggle: (run: Run) => void;
  hasMore: boolean;
  onEnd: () => void;
}

/** Any number of rows: only those in sight are drawn, and more are asked for on the way down. */
export function RunGrid(props: Props) {
  const { label, rows, columns, chosen, onChoose, onToggle, hasMore, onEnd } = props;
  const { t } = useLanguage();
  const { scroller, onScroll, first, end } = useWindow(rows.length, ROW_HEIGHT);
  const decimals = useMemo(
    () => new Map(columns.map((each) => [columnId(each), decimalsOf(rows, each)])),
    [rows, columns],
  );
  const hasToggles = useMemo(() => rows.some((row) => row.isOpen !== undefined), [rows]);
  const isNearEnd = hasMore && end >= rows.length - AHEAD;
  // Scrolling near the end is what asks; rows.length makes it ask again when a page was not enough.
  useEffect(() => {
    if (isNearEnd) onEnd();
  }, [isNearEnd, onEnd, rows.length]);
  return (
    <div
      ref={scroller}
      className="grid-scroll"
      role="region"
      aria-label={t("runs.tableRegion")}
      tabIndex={0}
      onScroll={onScroll}
    >
      <table className="grid" aria-label={label} aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <colgroup>
          <col className="grid-name-column" />
          {columns.map((column) => (
            <col key={columnId(column)} className={`grid-${column.kind}-column`} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <NameHeader {...props} />
            {columns.map((column) => (
              <ColumnHeader key={columnId(column)} {...props} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          <GapRow height={first * ROW_HEIGHT} />
          {rows.slice(first, end).map((row, i) => (
            <Row
              key={`${row.isNested ? "n" : ""}${row.run.run_id}`}
              row={row}
              index={first + i + 2}
              columns={columns}
              decimals={decimals}
              isChosen={chosen.has(row.run.run_id)}
              hasToggles={hasToggles}
              onChoose={onChoose}
              onToggle={onToggle}
            />
          ))}
          <GapRow height={(rows.length - end) * ROW_HEIGHT} />
        </tbody>
      </table>
    </div>
  );
}

function decimalsOf(rows: readonly GridRow[], column: Column): number {
  if (column.kind !== "metrics") return 0;
  const values = rows.slice(0, SAMPLED_ROWS).flatMap(({ run }) => {
    const found = run.metrics?.find((each) => each.key === column.key);
    return found === undefined ? [] : [Number(found.value ?? 0)];
  });
  return decimalsFor(values);
}

function NameHeader({ sort, onSort }: Pick<Props, "sort" | "onSort">) {
  const { t } = useLanguage();
  const current = sort?.column === "name" ? sort : undefined;
  return (
    <th scope="col" className="grid-name" aria-sort={ariaSort(current)}>
      <SortButton
        text={t("runs.name")}
        title={t("runs.name")}
        sort={current}
        onClick={() => onSort(nextSort({ column: "name", isAscending: true }, current))}
      />
    </th>
  );
}

const kindTexts = { metrics: "runs.kindMetric", params: "runs.kindParam", tags: "runs.kindTag" } as const;

function ColumnHeader({
  column,
  columns,
  sort,
  onSort,
  onHide,
}: Pick<Props, "columns" | "sort" | "onSort" | "onHide"> & { column: Column }) {
  const { t } = useLanguage();
  const id = columnId(column);
  const current = sort !== undefined && sort.column !== "name" && columnId(sort.column) === id ? sort : undefined;
  // A param and a metric may have one key.
  const isDoubled = columns.some((each) => each.key === column.key && each.kind !== column.kind);
  const text =
    column.kind === "attributes"
      ? t(attributeTitles[column.key])
      : isDoubled
        ? t(kindTexts[column.kind], { key: column.key })
        : column.key;
  const title =
    column.kind === "metrics"
      ? t("runs.metricColumn", { key: column.key })
      : column.kind === "params"
        ? t("runs.paramColumn", { key: column.key })
        : column.kind === "tags"
          ? t("runs.tagColumn", { key: column.key })
          : text;
  const sortable = isSortable(column);
  const order = (isAscending: boolean, aggregate?: Sort["aggregate"]) => ({
    text: t(isAscending ? (aggregate ? "runs.sortMin" : "runs.sortUp") : aggregate ? "runs.sortMax" : "runs.sortDown"),
    onSelect: () => onSort({ column, aggregate, isAscending }),
  });
  return (
    <th
      scope="col"
      className={isNumeric(column) ? "right" : undefined}
      aria-sort={sortable ? ariaSort(current) : undefined}
    >
      <span className="grid-head">
        {sortable ? (
          <SortButton
            text={text}
            title={title}
            sort={current}
            onClick={() =>
              onSort(
                nextSort({ column, isAscending: column.kind !== "attributes" || column.key === "status" }, current),
              )
            }
          />
        ) : (
          <span className="grid-title" title={title}>
            {text}
          </span>
        )}
        <ActionMenu
          label={t("runs.columnMenu", { name: text })}
          actions={[
            ...(sortable ? [order(true), order(false)] : []),
            ...(column.kind === "metrics" ? [order(true, "min"), order(false, "max")] : []),
            { text: t("runs.hideColumn"), onSelect: () => onHide(column) },
          ]}
        />
      </span>
    </th>
  );
}

const isNumeric = (column: Column): boolean =>
  column.kind === "metrics" ||
  column.kind === "params" ||
  (column.kind === "attributes" && ["started", "ended", "duration"].includes(column.key));

/** First one way, then the other, then as it came. */
function nextSort(first: Sort, current: Sort | undefined): Sort | undefined {
  if (current === undefined) return first;
  return current.isAscending === first.isAscending ? { ...first, isAscending: !first.isAscending } : undefined;
}

const ariaSort = (sort: Sort | undefined) =>
  sort === undefined ? "none" : sort.isAscending ? "ascending" : "descending";

interface SortButtonProps {
  text: string;
  title: string;
  sort: Sort | undefined;
  onClick: () => void;
}

function SortButton({ text, title, sort, onClick }: SortButtonProps) {
  return (
    <button type="button" className="grid-sort" title={title} onClick={onClick}>
      <span className="grid-title">{text}</span>
      {sort !== undefined && (
        <span aria-hidden className="grid-sort-mark">
          {sort.aggregate}
          {sort.isAscending ? "↑" : "↓"}
        </span>
      )}
    </button>
  );
}

interface RowProps {
  row: GridRow;
  index: number;
  columns: readonly Column[];
  decimals: ReadonlyMap<string, number>;
  isChosen: boolean;
  /** Whether room is kept for the toggles of runs with others nested in them. */
  hasToggles: boolean;
  onChoose: (run: Run, isChosen: boolean) => void;
  onToggle: (run: Run) => void;
}

const Row = memo(function Row({ row, index, columns, decimals, isChosen, hasToggles, onChoose, onToggle }: RowProps) {
  const { t } = useLanguage();
  const { run, isNested, isOpen } = row;
  const name = run.name ?? run.run_id;
  return (
    <tr aria-rowindex={index} className={isChosen ? "grid-chosen" : undefined}>
      <th scope="row" className="grid-name">
        <span className={isNested ? "grid-run grid-nested" : "grid-run"}>
          <input
            type="checkbox"
            aria-label={t("runs.choose", { name })}
            checked={isChosen}
            onChange={(event) => onChoose(run, event.target.checked)}
          />
          {isOpen === undefined && !isNested && hasToggles && <span className="tree-toggle" />}
          {isOpen !== undefined && (
            <button
              type="button"
              className="icon-button tree-toggle"
              aria-expanded={isOpen}
              aria-label={t("runs.nestedIn", { name })}
              onClick={() => onToggle(run)}
            >
              <Icon name="chevron" />
            </button>
          )}
          <Link className="row-link" to="/runs/$runId" params={{ runId: run.run_id }} title={`${name}\n${run.run_id}`}>
            {name}
          </Link>
          {run.is_deleted === true && <span className="muted">{t("runs.deletedMark")}</span>}
        </span>
      </th>
      {columns.map((column) => {
        const id = columnId(column);
        return (
          <td key={id} className={cellClass(column)}>
            <RunCell run={run} column={column} decimals={decimals.get(id) ?? 0} />
          </td>
        );
      })}
    </tr>
  );
});

const cellClass = (column: Column): string | undefined => {
  if (column.kind === "params") return "right param-value";
  return isNumeric(column) ? "right" : undefined;
};
