import { useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Badge, type Tone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SearchField } from "@/components/ui/search-field";
import { WindowTable } from "@/components/ui/window-table";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import { datasetVersionQuery } from "../api";
import { hasInstants, missingShare, readColumns, valueText, type ColumnFacts } from "../column-facts";
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
  const { t, format } = useLanguage();
  const isTime = hasInstants(column);
  return (
    <tr aria-rowindex={rowIndex} className={isSelected ? "row-selected" : undefined}>
      <th scope="row">
        <button
          type="button"
          className="row-button mono"
          title={column.name}
          aria-expanded={isSelected}
          onClick={() => onSelect(column.name)}
        >
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
      <td className="right">
        {column.distinct === undefined ? <span className="muted">–</span> : format.count(column.distinct)}
      </td>
      <Figure column={column} value={column.mean} />
      <Figure column={column} value={isTime ? undefined : column.sd} />
      <Figure column={column} value={column.min} />
      <Figure column={column} value={column.median} />
      <Figure column={column} value={column.max} />
    </tr>
  );
}

function Figure({ column, value }: { column: ColumnFacts; value: number | undefined }) {
  const { format } = useLanguage();
  const kind = value === undefined ? "right muted" : hasInstants(column) ? "right time-cell" : "right";
  return <td className={kind}>{valueText(column, value, format)}</td>;
}

function Missing({ column }: { column: ColumnFacts }) {
  const { format } = useLanguage();
  const share = missingShare(column);
  if (share === undefined) return <span className="muted">–</span>;
  if (share === 0) return <span className="muted">0</span>;
  return (
    <span className={share > 0.2 ? "bad-text" : undefined} title={format.count(column.missing)}>
      {format.percent(share)}
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
