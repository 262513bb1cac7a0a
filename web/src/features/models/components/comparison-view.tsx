import { useSuspenseQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckField } from "@/components/ui/check-field";
import { EmptyState } from "@/components/ui/empty-state";
import { SearchField } from "@/components/ui/search-field";
import { Table } from "@/components/ui/table";
import { useLanguage } from "@/lib/language";
import { comparisonQuery, type Difference, type VersionName } from "../api";
import { changeOf, readValue, sectionsOf, type ComparedSection } from "../comparison";

interface Props {
  left: VersionName;
  right: VersionName;
  showEqual: boolean;
  onShowEqual: (show: boolean) => void;
}

/** Two versions side by side; what differs is marked. */
export function ComparisonView({ left, right, showEqual, onShowEqual }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(comparisonQuery(left, right));
  const [typed, setTyped] = useState("");
  const words = useDeferredValue(typed).trim().toLowerCase();
  const all = sectionsOf(data.differences ?? []);
  const shown = all
    .map((section) => ({
      ...section,
      shown: section.rows.filter(
        (row) => (showEqual || row.is_equal !== true) && row.key.toLowerCase().includes(words),
      ),
    }))
    .filter((section) => section.shown.length > 0);
  return (
    <>
      {(data.notes ?? []).length > 0 && (
        <ul className="notes">
          {data.notes?.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className="filters">
        <SearchField label={t("compare.filter")} initial="" onChange={setTyped} />
        <CheckField label={t("compare.showEqual")} isChecked={showEqual} onChange={onShowEqual} />
      </div>
      {shown.length === 0 && (
        <Card>
          {words === "" ? (
            <EmptyState icon="check" title={t("compare.allSame")}>
              {t("compare.allSameHint")}
            </EmptyState>
          ) : (
            <EmptyState icon="search" title={t("compare.noMatch", { text: words })} />
          )}
        </Card>
      )}
      {shown.map((section) => (
        <SectionCard
          key={section.section}
          section={section}
          rows={section.shown}
          left={left}
          right={right}
          isMixed={showEqual}
        />
      ))}
    </>
  );
}

interface SectionProps extends Pick<Props, "left" | "right"> {
  section: ComparedSection;
  rows: readonly Difference[];
  /** What is the same is shown too. */
  isMixed: boolean;
}

/** Rows of a section that are shown at first: reference statistics have hundreds. */
const FIRST_ROWS = 20;

function SectionCard({ section, rows, left, right, isMixed }: SectionProps) {
  const { t } = useLanguage();
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole || rows.length <= FIRST_ROWS + 5 ? rows : rows.slice(0, FIRST_ROWS);
  const title = t(section.title);
  return (
    <Card flush title={title} note={t("compare.differences", { count: section.differing, total: section.rows.length })}>
      <Table label={title}>
        <thead>
          <tr>
            <th scope="col" className="compare-key">
              {t("compare.key")}
            </th>
            <th scope="col" className="compare-value">
              {nameOf(left, left.name === right.name)}
            </th>
            <th scope="col" className="compare-value">
              {nameOf(right, left.name === right.name)}
            </th>
            <th scope="col" className="right">
              {t("compare.change")}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <ComparedRow key={row.key} row={row} isMixed={isMixed} />
          ))}
        </tbody>
      </Table>
      {shown.length < rows.length && (
        <div className="load-more">
          <Button onClick={() => setWhole(true)}>{t("compare.showAll", { count: rows.length })}</Button>
        </div>
      )}
    </Card>
  );
}

const nameOf = ({ name, version }: VersionName, isShort: boolean): string =>
  isShort ? `v${version}` : `${name} v${version}`;

function ComparedRow({ row, isMixed }: { row: Difference; isMixed: boolean }) {
  const left = readValue(row.left);
  const right = readValue(row.right);
  const differs = row.is_equal !== true;
  return (
    <tr className={!differs ? "faded" : isMixed ? "differs" : undefined}>
      <th scope="row" className="compare-key">
        <RowName row={row} />
      </th>
      <Value value={left} />
      <Value value={right} />
      <td className="right">{differs && <ChangeText left={left} right={right} />}</td>
    </tr>
  );
}

/** The evaluation of "auc on 12" is that of auc on dataset version 12. */
function RowName({ row }: { row: Difference }) {
  const { t } = useLanguage();
  const [, metric, dataset] = (row.section === "evaluation" && /^(.+) on (\S+)$/.exec(row.key)) || [];
  if (metric === undefined || dataset === undefined) return row.key;
  return (
    <>
      {metric} <span className="row-note">{t("evaluations.dataset", { id: dataset })}</span>
    </>
  );
}

function Value({ value }: { value: string | number | undefined }) {
  const { format } = useLanguage();
  if (value === undefined) return <td className="muted compare-value">–</td>;
  if (typeof value === "number")
    return (
      <td className="number compare-value" title={String(value)}>
        {Number.isInteger(value) ? String(value) : format.value(value)}
      </td>
    );
  return <td className="compare-value mono">{value}</td>;
}

function ChangeText({ left, right }: { left: string | number | undefined; right: string | number | undefined }) {
  const { t, format } = useLanguage();
  if (left === undefined) return <span className="muted">{t("compare.onlyRight")}</span>;
  if (right === undefined) return <span className="muted">{t("compare.onlyLeft")}</span>;
  const change = changeOf(left, right);
  if (change === undefined) return <span className="muted">{t("compare.changed")}</span>;
  const sign = change.difference > 0 ? "+" : "\u2212";
  return (
    <>
      {`${sign}${format.value(Math.abs(change.difference))}`}
      {change.share !== undefined && (
        <span className="stacked">{`${sign}${format.fixed(Math.abs(change.share) * 100, 1)} %`}</span>
      )}
    </>
  );
}
