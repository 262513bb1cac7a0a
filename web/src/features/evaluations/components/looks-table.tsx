import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import { looksQuery, type Look, type LooksOf } from "../api";

const SHOWN_METRICS = 3;

/** Every time that a model was scored on a test set: the more often, the less its figures promise. */
export function LooksTable({ of }: { of: LooksOf }) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(looksQuery(of));
  const looks = query.data.pages.flatMap((page) => page.looks ?? []);
  if (looks.length === 0) return <EmptyState icon="eye" title={t("looks.none")} />;
  return (
    <>
      <Table label={t("looks.title")}>
        <thead>
          <tr>
            <th scope="col">{t("looks.number")}</th>
            {of.dataset_version_id === undefined && <th scope="col">{t("lineage.dataset")}</th>}
            <th scope="col">{t("evaluation.split")}</th>
            {of.run_id === undefined && <th scope="col">{t("versions.run")}</th>}
            <th scope="col">{t("looks.subject")}</th>
            <th scope="col">{t("looks.metrics")}</th>
            <th scope="col">{t("looks.actor")}</th>
            <th scope="col" className="right">
              {t("looks.at")}
            </th>
          </tr>
        </thead>
        <tbody>
          {looks.map((look) => (
            <tr key={look.look_id}>
              <th scope="row">{look.number ?? "–"}</th>
              {of.dataset_version_id === undefined && (
                <td>
                  {look.dataset_version_id !== undefined && (
                    <Link
                      to="/datasets/versions/$datasetVersionId"
                      params={{ datasetVersionId: look.dataset_version_id }}
                      search={{ part: "uses" }}
                    >
                      {look.dataset === undefined
                        ? t("evaluations.dataset", { id: look.dataset_version_id })
                        : t("version.title", { name: look.dataset, version: look.dataset_version ?? 0 })}
                    </Link>
                  )}
                </td>
              )}
              <td>{labelOf(t, "splitOf", look.split ?? "")}</td>
              {of.run_id === undefined && (
                <td>
                  <RunLink look={look} />
                </td>
              )}
              <td>{look.subject ?? <span className="muted">–</span>}</td>
              <td>
                <Metrics look={look} />
              </td>
              <td>{look.actor ?? <span className="muted">–</span>}</td>
              <td className="right">
                <TimeAgo at={look.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <LoadMore query={query} />
    </>
  );
}

function RunLink({ look: { run_id: runId } }: { look: Look }) {
  if (runId === undefined) return <span className="muted">–</span>;
  return (
    <Link className="mono" to="/runs/$runId" params={{ runId }} search={{ tab: "evaluation" }}>
      {runId.slice(0, 8)}
    </Link>
  );
}

function Metrics({ look: { metrics } }: { look: Look }) {
  const { format } = useLanguage();
  const all = Object.entries(metrics ?? {}).map(([name, value]) => `${name} ${format.value(value)}`);
  return (
    <span className="number" title={all.join("\n")}>
      {all.slice(0, SHOWN_METRICS).join(" · ")}
      {all.length > SHOWN_METRICS && <span className="muted"> +{all.length - SHOWN_METRICS}</span>}
    </span>
  );
}
