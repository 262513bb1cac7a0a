import { useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Badge, type Tone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SearchField } from "@/components/ui/search-field";
import { WindowTable } from "@/components/ui/window-table";
import { toInstant } from "@/lib/instant";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import { datasetVersionQuery } from "../api";
import { missingShare, readColumns, type ColumnFacts } from "../column-facts";
import { Histogram } from "./histogram";

const ROW_HEIGHT = 46;

interface Props {
  id: string;
  find: string;
  onFind: (text: string) => void;
  selected: string | undefined;
  onSelect: (column: string) => void;
}

/** The columns of a version with what is known of each; only those in sight are drawn. */
export function ColumnTable({ id, find, onFind, selected, onSelect }: Props) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(datasetVersionQuery(id));
  const columns = useMemo(() => readColumns(data), [data]);
  const found = useMemo(() => columnsWith(columns, find), [columns, find]);
  return (
    <Card flush title={t("dataColumns.ofDataset")} note={format.count(columns.length)}>
      {columns.length > 8 && (
        <div className="toolbar">
          <SearchField label={t("dataColumns.findColumn")} initial={find} onChange={onFind} />
        </div>
      )}
      {found.length === 0 ? (
        <EmptyState icon="columns" title={t(columns.length === 0 ? "dataColumns.none" : "dataColumns.noMatch")} />
      ) : (
        <Rows columns={found} selected={selected} onSelect={onSelect} />
      )}
    </Card>
  );
}

const columnsWith = (columns: readonly ColumnFacts[], text: string): readonly ColumnFacts[] => {
  const wanted = text.toLocaleLowerCase();
  return columns.filter(({ name, role }) => name.toLocaleLowerCase().includes(wanted) || role === wanted);
};

interface RowsProps {
  columns: readonly ColumnFacts[];
  selected: string | undefined;
  onSelect: (column: string) => void;
}

function Rows({ columns, selected, onSelect }: RowsProps) {
  const { t } = useLanguage();
  return (
    <WindowTable
      label={t("dataColumns.ofDataset")}
      region={t("dataColumns.region")}
      rows={columns}
      rowHeight={ROW_HEIGHT}
      head={
        <>
          <th scope="col">{t("dataColumns.name")}</th>
          <th scope="col">{t("dataColumns.role")}</th>
          <th scope="col">{t("dataColumns.spread")}</th>
          <th scope="col" className="right">
            {t("dataColumns.missing")}
          </th>
          <th scope="col" className="right">
            {t("dataColumns.distinct")}
          </th>
          <th scope="col" className="right">
            {t("dataColumns.mean")}
          </th>
          <th scope="col" className="right">
            {t("dataColumns.sd")}
          </th>
          <th scope="col" className="right">
            {t("dataColumns.min")}
          </th>
          <th scope="col" className="right">
            {t("dataColumns.median")}
          </th>
          <th scope="col" className="right">
            {t("dataColumns.max")}
          </th>
        </>
      }
    >
      {(column, rowIndex) => (
        <Row
          key={column.name}
          rowIndex={rowIndex}
          column={column}
          isSelected={column.name === selected}
          onSelect={onSelect}
        />
      )}
    </WindowTable>
  );
}

interface RowProps {
  rowIndex: number;
  column: ColumnFacts;
  isSelected: boolean;
  onSelect: (column: string) => void;
}

function Row({ rowIndex, column, isSelected, onSelect }: RowProps) {
  const { t } = useLanguage();
  const isTime = column.role === "time" && toInstant(column.min ?? 0) !== undefined;
  return (
    <tr aria-rowindex={rowIndex} aria-selected={isSelected} className={isSelected ? "row-selected" : undefined}>
      <th scope="row">
        <button type="button" className="row-button mono" title={column.name} onClick={() => onSelect(column.name)}>
          {column.name}
        </button>
        <span className="stacked">
          {[column.type === "" ? undefined : labelOf(t, "columnType", column.type), column.unit]
            .filter((part) => part !== undefined)
            .join(" · ")}
        </span>
      </th>
      <td>
        <RoleBadge role={column.role} />
      </td>
      <td>
        <Histogram column={column} />
      </td>
      <td className="right">
        <Missing column={column} />
      </td>
      <Figure value={column.distinct} isCount />
      <Figure value={column.mean} isTime={isTime} />
      <Figure value={isTime ? undefined : column.sd} />
      <Figure value={column.min} isTime={isTime} />
      <Figure value={column.median} isTime={isTime} />
      <Figure value={column.max} isTime={isTime} />
    </tr>
  );
}

interface FigureProps {
  value: number | undefined;
  isCount?: boolean;
  isTime?: boolean;
}

function Figure({ value, isCount = false, isTime = false }: FigureProps) {
  const { format } = useLanguage();
  if (value === undefined) return <td className="right muted">–</td>;
  const instant = isTime ? toInstant(value) : undefined;
  if (instant !== undefined)
    return (
      <td className="right time-cell" title={format.dateTime(instant)}>
        {format.dateTime(instant)}
      </td>
    );
  return <td className="right">{isCount ? format.count(value) : format.value(value)}</td>;
}

function Missing({ column }: { column: ColumnFacts }) {
  const { format } = useLanguage();
  const share = missingShare(column);
  if (share === undefined) return <span className="muted">–</span>;
  if (share === 0) return <span className="muted">0</span>;
  return (
    <span className={share > 0.2 ? "bad-text" : undefined} title={format.count(column.missing)}>
      {format.value(Number((share * 100).toPrecision(3)))}&nbsp;%
    </span>
  );
}

const roleTones: Record<string, Tone> = {
  asset: "info",
  time: "info",
  label: "accent",
  setting: "warn",
  segment: "warn",
};

export function RoleBadge({ role }: { role: string }) {
  const { t } = useLanguage();
  if (role === "") return <span className="muted">–</span>;
  return <Badge tone={roleTones[role] ?? "neutral"}>{labelOf(t, "columnRole", role)}</Badge>;
}
