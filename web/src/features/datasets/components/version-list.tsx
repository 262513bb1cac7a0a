import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CopyText } from "@/components/ui/copy-text";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { datasetVersionsQuery } from "../api";
import { readColumns } from "../column-facts";
import { originText } from "../origin-text";

/** The versions of a dataset, newest first. */
export function VersionList({ name }: { name: string }) {
  const { t, format } = useLanguage();
  const query = useSuspenseInfiniteQuery(datasetVersionsQuery(name));
  const versions = query.data.pages.flatMap((page) => page.dataset_versions ?? []);
  if (versions.length === 0) return <EmptyState icon="data" title={t("datasets.noVersions", { name })} />;
  return (
    <>
      <Table label={t("versions.title")}>
        <thead>
          <tr>
            <th scope="col">{t("versions.version")}</th>
            <th scope="col" className="right">
              {t("datasets.rows")}
            </th>
            <th scope="col" className="right">
              {t("datasets.columns")}
            </th>
            <th scope="col">{t("datasets.origin")}</th>
            <th scope="col">{t("version.contentHash")}</th>
            <th scope="col" className="right">
              {t("datasets.size")}
            </th>
            <th scope="col">
              <span className="sr-only">{t("differences.title")}</span>
            </th>
            <th scope="col" className="right">
              {t("datasets.created")}
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.dataset_version_id}>
              <th scope="row">
                <Link
                  className="row-link"
                  to="/datasets/versions/$datasetVersionId"
                  params={{ datasetVersionId: version.dataset_version_id }}
                >
                  {t("version.short", { version: version.version ?? 0 })}
                </Link>
              </th>
              <td className="right">{format.count(version.row_count)}</td>
              <td className="right">{format.count(readColumns(version).length)}</td>
              <td>
                <span className="ellipsis" title={originText(version.origin)}>
                  {originText(version.origin)}
                </span>
              </td>
              <td>{version.content_hash !== undefined && <CopyText text={version.content_hash} show={12} />}</td>
              <td className="right">{format.bytes(version.blob?.size)}</td>
              <td>
                {(version.version ?? 0) > 1 && (
                  <Link
                    to="/datasets/versions/$datasetVersionId"
                    params={{ datasetVersionId: version.dataset_version_id }}
                    search={{ part: "differences" }}
                  >
                    {t("differences.since", { version: (version.version ?? 0) - 1 })}
                  </Link>
                )}
              </td>
              <td className="right">
                <TimeAgo at={version.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <LoadMore query={query} />
    </>
  );
}
