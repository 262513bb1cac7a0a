import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { datasetsQuery, type Dataset } from "../api";
import { readColumns } from "../column-facts";

/** Every dataset with its latest version, the newest first. */
export function DatasetTable({ find }: { find: string }) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(datasetsQuery);
  const all = query.data.pages.flatMap((page) => page.datasets ?? []);
  const wanted = find.toLocaleLowerCase();
  const datasets = all.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  if (all.length === 0)
    return (
      <EmptyState icon="data" title={t("datasets.empty")}>
        {t("datasets.emptyHint")} <code>millwright pipelines run turbofan-rul …</code>
      </EmptyState>
    );
  return (
    <>
      {datasets.length === 0 ? (
        <EmptyState icon="search" title={t("datasets.noMatch", { text: find })} />
      ) : (
        <Table label={t("datasets.title")}>
          <thead>
            <tr>
              <th scope="col">{t("datasets.name")}</th>
              <th scope="col">{t("datasets.latest")}</th>
              <th scope="col" className="right">
                {t("datasets.rows")}
              </th>
              <th scope="col" className="right">
                {t("datasets.columns")}
              </th>
              <th scope="col" className="right">
                {t("datasets.versions")}
              </th>
              <th scope="col" className="right">
                {t("datasets.updated")}
              </th>
            </tr>
          </thead>
          <tbody>
            {datasets.map((dataset) => (
              <Row key={dataset.name} dataset={dataset} />
            ))}
          </tbody>
        </Table>
      )}
      <LoadMore query={query} />
    </>
  );
}

function Row({ dataset }: { dataset: Dataset }) {
  const { t, format } = useLanguage();
  const latest = dataset.latest_version;
  return (
    <tr>
      <th scope="row" className="name-cell">
        <Link className="row-link" to="/datasets/$name" params={{ name: dataset.name }}>
          {dataset.name}
        </Link>
      </th>
      <td>
        {latest === undefined ? (
          <span className="muted">–</span>
        ) : (
          <Link to="/datasets/versions/$datasetVersionId" params={{ datasetVersionId: latest.dataset_version_id }}>
            {t("version.short", { version: latest.version ?? 0 })}
          </Link>
        )}
      </td>
      <td className="right">{latest === undefined ? "–" : format.count(latest.row_count)}</td>
      <td className="right">{latest === undefined ? "–" : format.count(readColumns(latest).length)}</td>
      <td className="right">{format.count(dataset.version_count)}</td>
      <td className="right">
        <TimeAgo at={latest?.created_at ?? dataset.created_at} />
      </td>
    </tr>
  );
}
