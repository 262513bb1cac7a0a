import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { Duration, TimeAgo } from "@/components/ui/time";
import type { Format } from "@/lib/format";
import { useLanguage } from "@/lib/language";
import { isActive, runsQuery, type Run } from "../api";
import { chooseColumns, decimalsFor, type RunColumns } from "../run-columns";
import { RunStatusBadge } from "./run-status-badge";

export function RunTable({ experiment }: { experiment: string | undefined }) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(runsQuery(experiment));
  const runs = query.data.pages.flatMap((page) => page.runs ?? []);
  const columns = chooseColumns(runs);
  const valuesOf = (key: string) =>
    runs.flatMap((run) =>
      (run.metrics ?? []).filter((each) => each.key === key).map((each) => Number(each.value ?? 0)),
    );
  const decimals = new Map(columns.metrics.map((key) => [key, decimalsFor(valuesOf(key))]));
  if (runs.length === 0)
    return (
      <EmptyState icon="runs" title={t("runs.empty")}>
        {t("runs.emptyHint")}
      </EmptyState>
    );
  return (
    <>
      <Table label={t("runs.title")}>
        <thead>
          <tr>
            <th scope="col">{t("runs.name")}</th>
            <th scope="col">{t("runs.status")}</th>
            <th scope="col" className="right">
              {t("runs.started")}
            </th>
            <th scope="col" className="right">
              {t("runs.duration")}
            </th>
            {columns.metrics.map((key) => (
              <th key={`m-${key}`} scope="col" className="right metric-column" title={t("runs.metricColumn", { key })}>
                {key}
              </th>
            ))}
            {columns.params.map((key) => (
              <th key={`p-${key}`} scope="col" className="right" title={t("runs.paramColumn", { key })}>
                {key}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <RunRow key={run.run_id} run={run} columns={columns} decimals={decimals} />
          ))}
        </tbody>
      </Table>
      <LoadMore query={query} />
    </>
  );
}

interface RunRowProps {
  run: Run;
  columns: RunColumns;
  decimals: ReadonlyMap<string, number>;
}

function RunRow({ run, columns, decimals }: RunRowProps) {
  const { format } = useLanguage();
  const metric = (key: string) => run.metrics?.find((each) => each.key === key);
  const param = (key: string) => run.params?.find((each) => each.key === key);
  const absent = <span className="muted">–</span>;
  return (
    <tr>
      <th scope="row">
        <Link className="row-link ellipsis" to="/runs/$runId" params={{ runId: run.run_id }}>
          {run.name ?? run.run_id}
        </Link>
        <span className="stacked mono">{run.run_id.slice(0, 8)}</span>
      </th>
      <td>
        <RunStatusBadge status={run.status} />
      </td>
      <td className="right">
        <TimeAgo at={run.started_at} />
      </td>
      <td className="right">
        {run.ended_at !== undefined || isActive(run) ? <Duration from={run.started_at} to={run.ended_at} /> : absent}
      </td>
      {columns.metrics.map((key) => {
        const found = metric(key);
        return (
          <td key={`m-${key}`} className="right metric-column">
            {found === undefined ? absent : format.fixed(found.value, decimals.get(key) ?? 0)}
          </td>
        );
      })}
      {columns.params.map((key) => {
        const found = param(key);
        return (
          <td key={`p-${key}`} className="right param-value" title={found?.value}>
            {found === undefined ? absent : shortParam(found.value ?? "", format)}
          </td>
        );
      })}
    </tr>
  );
}

/** Sampled numbers come with all their digits; the table shows as many as tell runs apart. */
const shortParam = (value: string, format: Format): string =>
  value.length > 8 && Number.isFinite(Number(value)) ? format.value(Number(value)) : value;
