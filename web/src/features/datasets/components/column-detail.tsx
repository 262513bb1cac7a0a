import { useSuspenseQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Card } from "@/components/ui/card";
import { Facts, type Fact } from "@/components/ui/facts";
import { Icon } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import { datasetVersionQuery } from "../api";
import { missingShare, readColumns } from "../column-facts";
import { RoleBadge } from "./column-table";
import { Histogram } from "./histogram";

/** One column with all that is known of it. */
export function ColumnDetail({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(datasetVersionQuery(id));
  const column = useMemo(() => readColumns(data).find((each) => each.name === name), [data, name]);
  if (column === undefined) return null;
  const value = (figure: number | undefined) => (figure === undefined ? "–" : format.value(figure));
  const share = missingShare(column);
  const facts: Fact[] = [
    [t("dataColumns.role"), <RoleBadge role={column.role} />],
    [t("dataColumns.type"), column.type === "" ? "–" : labelOf(t, "columnType", column.type)],
    ...(column.unit === undefined ? [] : [[t("dataColumns.unit"), column.unit] as const]),
    [t("dataColumns.filled"), column.count === undefined ? "–" : format.count(column.count)],
    [
      t("dataColumns.missing"),
      column.missing === undefined
        ? "–"
        : `${format.count(column.missing)}${share === undefined ? "" : ` (${format.value(Number((share * 100).toPrecision(3)))} %)`}`,
    ],
    [t("dataColumns.distinct"), column.distinct === undefined ? "–" : format.count(column.distinct)],
    ...(column.type === "text"
      ? []
      : ([
          [t("dataColumns.mean"), value(column.mean)],
          [t("dataColumns.sd"), value(column.sd)],
        ] satisfies Fact[])),
  ];
  const last = column.quantiles.length - 1;
  return (
    <Card
      title={column.name}
      actions={
        <button type="button" className="icon-button" aria-label={t("action.close")} onClick={onClose}>
          <Icon name="cross" />
        </button>
      }
    >
      <div className="column-detail">
        {column.histogram !== undefined && <Histogram column={column} isLarge />}
        <Facts facts={facts} />
        {last > 0 && (
          <table className="quantiles" aria-label={t("dataColumns.quantiles")}>
            <thead>
              <tr>
                <th scope="col">{t("dataColumns.quantile")}</th>
                <th scope="col" className="right">
                  {t("dataColumns.value")}
                </th>
              </tr>
            </thead>
            <tbody>
              {column.quantiles.map((quantile, i) => (
                <tr key={i}>
                  <th scope="row">{format.value((i / last) * 100)} %</th>
                  <td className="right">{format.value(quantile)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {column.sampled !== undefined && (
          <p className="chart-note">{t("dataColumns.sampled", { count: format.count(column.sampled) })}</p>
        )}
      </div>
    </Card>
  );
}
