import { useSuspenseQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { Card } from "@/components/ui/card";
import { Facts, type Fact } from "@/components/ui/facts";
import { Icon } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import { datasetVersionQuery } from "../api";
import { hasInstants, missingShare, readColumns, totalOf, valueText, type Histogram as Bins } from "../column-facts";
import { RoleBadge } from "./column-table";
import { Histogram } from "./histogram";

const SHOWN_VALUES = 20;

/** One column with all that is known of it. */
export function ColumnDetail({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(datasetVersionQuery(id));
  const column = useMemo(() => readColumns(data).find((each) => each.name === name), [data, name]);
  const place = useRef<HTMLDivElement>(null);
  // On a narrow screen it stands below the table, out of sight of who asked for it.
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
  }, [name]);
  if (column === undefined) return null;
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
        : `${format.count(column.missing)}${share === undefined ? "" : ` (${format.percent(share)})`}`,
    ],
    [t("dataColumns.distinct"), column.distinct === undefined ? "–" : format.count(column.distinct)],
    ...(column.type === "text"
      ? []
      : ([
          [t("dataColumns.mean"), valueText(column, column.mean, format)],
          ...(hasInstants(column) ? [] : [[t("dataColumns.sd"), valueText(column, column.sd, format)] as const]),
        ] satisfies Fact[])),
  ];
  const last = column.quantiles.length - 1;
  return (
    <div ref={place}>
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
          {column.histogram?.kind === "values" && <ValueTable histogram={column.histogram} />}
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
                    <td className="right">{valueText(column, quantile, format)}</td>
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
    </div>
  );
}

/** The most frequent values in words: which, how often. */
function ValueTable({ histogram: { values, counts, other } }: { histogram: Extract<Bins, { kind: "values" }> }) {
  const { t, format } = useLanguage();
  const all = totalOf(counts) + other;
  return (
    <table className="quantiles" aria-label={t("dataColumns.values")}>
      <thead>
        <tr>
          <th scope="col">{t("dataColumns.value")}</th>
          <th scope="col" className="right">
            {t("datasets.rows")}
          </th>
          <th scope="col" className="right">
            {t("dataColumns.share")}
          </th>
        </tr>
      </thead>
      <tbody>
        {values.slice(0, SHOWN_VALUES).map((value, i) => (
          <tr key={i}>
            <th scope="row">
              <span className="ellipsis" title={value}>
                {value}
              </span>
            </th>
            <td className="right">{format.count(counts[i])}</td>
            <td className="right">{format.percent(all === 0 ? undefined : (counts[i] ?? 0) / all)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
