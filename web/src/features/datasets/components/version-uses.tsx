import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { usesQuery, type Use } from "../api";

/** The runs that read a version, newest first. */
export function VersionUses({ id, use }: { id: string; use: Use }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(usesQuery(id, use));
  const runs = data.runs ?? [];
  if (runs.length === 0) return <EmptyState icon="runs" title={t(use === "train" ? "uses.noTrain" : "uses.noTest")} />;
  return (
    <>
      <Table label={t(use === "train" ? "uses.train" : "uses.test")}>
        <thead>
          <tr>
            <th scope="col">{t("runs.name")}</th>
            <th scope="col">{t("uses.by")}</th>
            <th scope="col" className="right">
              {t("runs.started")}
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.run_id}>
              <th scope="row">
                <Link
                  className="row-link"
                  to="/runs/$runId"
                  params={{ runId: run.run_id }}
                  search={use === "test" ? { tab: "evaluation" } : {}}
                >
                  {run.name ?? run.run_id.slice(0, 12)}
                </Link>
              </th>
              <td>{run.user ?? run.created_by ?? <span className="muted">–</span>}</td>
              <td className="right">
                <TimeAgo at={run.started_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {data.next_page_token !== undefined && <p className="table-note">{t("uses.more", { count: runs.length })}</p>}
    </>
  );
}
