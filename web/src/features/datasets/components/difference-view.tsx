import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Badge, type Tone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { CheckField } from "@/components/ui/check-field";
import { EmptyState } from "@/components/ui/empty-state";
import { SelectField } from "@/components/ui/field";
import { SearchField } from "@/components/ui/search-field";
import { WindowTable } from "@/components/ui/window-table";
import { readNumber } from "@/lib/json-read";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import {
  datasetVersionQuery,
  datasetVersionsQuery,
  differencesQuery,
  type ColumnDifference,
  type DatasetVersion,
} from "../api";
import { readColumns, valueText, type ColumnFacts } from "../column-facts";
import {
  countDifferences,
  differencesToShow,
  shownStatistics,
  type DifferenceOrder,
  type ShownStatistic,
} from "../differences";
import { Histogram } from "./histogram";

const ROW_HEIGHT = 56;

export interface DifferenceSearch {
  /** The version to compare with: the one before when left out. */
  base?: string;
  find?: string;
  changed?: "1";
  order?: DifferenceOrder;
}

interface Props {
  id: string;
  search: DifferenceSearch;
  onSearch: (search: DifferenceSearch) => void;
}

/** What changed from another version to this one, a row for each column. */
export function DifferenceView({ id, search, onSearch }: Props) {
  const { t } = useLanguage();
  const { data: version } = useSuspenseQuery(datasetVersionQuery(id));
  if (search.base === undefined && (version.version ?? 1) <= 1)
    return (
      <Card title={t("differences.title")}>
        <EmptyState icon="compare" title={t("differences.first")} />
      </Card>
    );
  return <Comparison id={id} search={search} onSearch={onSearch} />;
}

function Comparison({ id, search, onSearch }: Props) {
  const { t, format } = useLanguage();
  const { data: version } = useSuspenseQuery(datasetVersionQuery(id));
  const { data } = useSuspenseQuery(differencesQuery(id, search.base));
  const { data: base } = useSuspenseQuery(
    datasetVersionQuery(data.base?.dataset_version_id ?? version.dataset_version_id),
  );
  const facts = useMemo(() => byName(readColumns(version)), [version]);
  const baseFacts = useMemo(() => byName(readColumns(base)), [base]);
  const { find = "", changed, order = "psi" } = search;
  const columns = data.columns ?? [];
  const shown = useMemo(
    () => differencesToShow(data.columns ?? [], { find, onlyChanged: changed === "1", order }),
    [data, find, changed, order],
  );
  return (
    <Card
      flush
      title={t("differences.title")}
      note={t("differences.rows", { base: format.count(base.row_count), rows: format.count(version.row_count) })}
    >
      <div className="toolbar">
        <BasePicker id={id} name={version.name ?? ""} base={base} search={search} onSearch={onSearch} />
        <SearchField
          label={t("dataColumns.findColumn")}
          initial={find}
          onChange={(text) => onSearch({ ...search, find: text === "" ? undefined : text })}
        />
        <CheckField
          label={t("differences.onlyChanged")}
          isChecked={changed === "1"}
          onChange={(isChecked) => onSearch({ ...search, changed: isChecked ? "1" : undefined })}
        />
        <CheckField
          label={t("differences.greatestFirst")}
          isChecked={order === "psi"}
          onChange={(isChecked) => onSearch({ ...search, order: isChecked ? undefined : "table" })}
        />
      </div>
      <Summary columns={columns} version={version.version ?? 0} base={base.version ?? 0} />
      {shown.length === 0 ? (
        <EmptyState icon="check" title={t("differences.nothing")} />
      ) : (
        <>
          <Rows columns={shown} facts={facts} baseFacts={baseFacts} />
          <p className="table-note">PSI: {t("differences.psiHint")}</p>
        </>
      )}
    </Card>
  );
}

const byName = (columns: readonly ColumnFacts[]) => new Map(columns.map((column) => [column.name, column] as const));

function BasePicker({ id, name, base, search, onSearch }: Props & { name: string; base: DatasetVersion }) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(datasetVersionsQuery(name));
  const versions = query.data.pages.flatMap((page) => page.dataset_versions ?? []);
  const others = versions.filter((each) => each.dataset_version_id !== id);
  // Versions come page by page: the one compared with may be on a later one.
  const isListed = others.some((each) => each.dataset_version_id === base.dataset_version_id);
  const options = (isListed ? others : [base, ...others]).map((each) => ({
    value: each.dataset_version_id,
    label: t("version.short", { version: each.version ?? 0 }),
  }));
  return (
    <div className="inline-field">
      <SelectField
        label={t("differences.base")}
        value={base.dataset_version_id}
        options={options}
        onChange={(value) => onSearch({ ...search, base: value })}
      />
    </div>
  );
}

interface SummaryProps {
  columns: readonly ColumnDifference[];
  version: number;
  base: number;
}

function Summary({ columns, version, base }: SummaryProps) {
  const { t } = useLanguage();
  const counts = countDifferences(columns);
  const parts: [Tone, number, string][] = [
    ["bad", counts.large, t("differences.largeCount", { count: counts.large })],
    ["warn", counts.moderate, t("differences.moderateCount", { count: counts.moderate })],
    ["info", counts.schema, t("differences.schemaCount", { count: counts.schema })],
    ["good", counts.added, t("differences.addedCount", { count: counts.added })],
    ["neutral", counts.removed, t("differences.removedCount", { count: counts.removed })],
  ];
  const shown = parts.filter(([, count]) => count > 0);
  return (
    <p className="summary-line">
      {shown.length === 0 && <Badge tone="good">{t("differences.noShift", { count: columns.length })}</Badge>}
      {shown.map(([tone, , text]) => (
        <Badge key={text} tone={tone}>
          {text}
        </Badge>
      ))}
      <span className="plot-legend summary-legend">
        {[version, base].map((each, i) => (
          <span key={each}>
            <span className="plot-key" style={{ color: `var(--series-${i})` }} />
            {t("version.short", { version: each })}
          </span>
        ))}
      </span>
    </p>
  );
}

interface RowsProps {
  columns: readonly ColumnDifference[];
  facts: ReadonlyMap<string, ColumnFacts>;
  baseFacts: ReadonlyMap<string, ColumnFacts>;
}

function Rows({ columns, facts, baseFacts }: RowsProps) {
  const { t } = useLanguage();
  return (
    <WindowTable
      label={t("differences.title")}
      region={t("differences.region")}
      rows={columns}
      rowHeight={ROW_HEIGHT}
      head={
        <>
          <th scope="col">{t("dataColumns.name")}</th>
          <th scope="col">{t("differences.change")}</th>
          <th scope="col">{t("dataColumns.spread")}</th>
          <th scope="col" className="right">
            PSI
          </th>
          {shownStatistics.map((name) => (
            <th key={name} scope="col" className="right">
              {t(`statistic.${name}`)}
            </th>
          ))}
        </>
      }
    >
      {(column, rowIndex) => (
        <Row
          key={column.name}
          rowIndex={rowIndex}
          difference={column}
          facts={facts.get(column.name)}
          base={baseFacts.get(column.name)}
        />
      )}
    </WindowTable>
  );
}

interface RowProps {
  rowIndex: number;
  difference: ColumnDifference;
  facts: ColumnFacts | undefined;
  base: ColumnFacts | undefined;
}

const driftTones: Record<string, Tone> = { none: "good", moderate: "warn", large: "bad" };
const changeTones: Record<string, Tone> = { schema: "info", added: "good", removed: "neutral" };

function Row({ rowIndex, difference, facts, base }: RowProps) {
  const { t, format } = useLanguage();
  const { change = "same", drift = "", psi } = difference;
  const changes = (difference.schema_changes ?? []).map((text) => text.replace("->", "→")).join(", ");
  return (
    <tr aria-rowindex={rowIndex}>
      <th scope="row" className="mono" title={difference.name}>
        {difference.name}
      </th>
      <td>
        {change === "same" ? (
          <span className="muted">{t("columnChange.same")}</span>
        ) : (
          <Badge tone={changeTones[change] ?? "neutral"}>{labelOf(t, "columnChange", change)}</Badge>
        )}
        {changes !== "" && (
          <span className="stacked ellipsis" title={changes}>
            {changes}
          </span>
        )}
      </td>
      <td>
        {facts !== undefined ? (
          <Histogram column={facts} base={base} />
        ) : (
          base !== undefined && <Histogram column={base} isBase />
        )}
      </td>
      <td className="right">
        {psi === undefined ? (
          <span className="muted">–</span>
        ) : (
          <>
            <span>{format.fixed(psi, 3)}</span>
            {drift !== "" && (
              <span className={`stacked tone-text tone-${driftTones[drift] ?? "neutral"}`}>
                {labelOf(t, "drift", drift)}
              </span>
            )}
          </>
        )}
      </td>
      {shownStatistics.map((name) => (
        <Statistic key={name} name={name} difference={difference} facts={facts} />
      ))}
    </tr>
  );
}

interface StatisticProps {
  name: ShownStatistic;
  difference: ColumnDifference;
  facts: ColumnFacts | undefined;
}

function Statistic({ name, difference, facts }: StatisticProps) {
  const { t, format } = useLanguage();
  const found = difference.statistics?.find((each) => each.name === name);
  if (found === undefined) {
    // Texts have no mean.
    const isKnown = facts?.type !== "text" || name === "missing_share" || name === "distinct";
    return (
      <td className="right muted">{difference.change !== "added" && facts !== undefined && isKnown ? "=" : ""}</td>
    );
  }
  const text = (json: typeof found.value) => {
    const value = readNumber(json);
    if (name === "missing_share") return format.percent(value);
    if (value === undefined) return "–";
    if (name === "distinct") return format.count(value);
    return facts === undefined || name === "sd" ? format.value(value) : valueText(facts, value, format);
  };
  return (
    <td className="right">
      {text(found.value)}
      <span className="stacked">{t("differences.was", { value: text(found.base) })}</span>
    </td>
  );
}
