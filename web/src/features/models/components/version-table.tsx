import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { versionsQuery } from "../api";
import { StageBadge } from "./stage-badge";
import { VersionLink } from "./version-link";

export function VersionTable({ name }: { name: string }) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(versionsQuery(name));
  const versions = query.data.pages.flatMap((page) => page.model_versions ?? []);
  if (versions.length === 0) return <EmptyState icon="models" title={t("versions.empty")} />;
  return (
    <>
      <Table label={t("versions.title")}>
        <thead>
          <tr>
            <th scope="col">{t("versions.version")}</th>
            <th scope="col">{t("versions.stage")}</th>
            <th scope="col">{t("versions.run")}</th>
            <th scope="col">{t("versions.by")}</th>
            <th scope="col" className="right">
              {t("versions.created")}
            </th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <tr key={version.version}>
              <th scope="row">
                <VersionLink name={name} version={version.version} strong />
              </th>
              <td>
                <StageBadge stage={version.stage} />
              </td>
              <td>
                {version.run_id === undefined ? (
                  <span className="muted">–</span>
                ) : (
                  <Link className="mono" to="/runs/$runId" params={{ runId: version.run_id }}>
                    {version.run_id.slice(0, 8)}
                  </Link>
                )}
              </td>
              <td>{version.created_by}</td>
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
