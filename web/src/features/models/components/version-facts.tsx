import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CopyText } from "@/components/ui/copy-text";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts, factsOf, type Fact } from "@/components/ui/facts";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { evaluationsQuery, versionQuery } from "../api";

interface Props {
  name: string;
  version: number;
}

/** What the version was made with. */
export function VersionFacts({ name, version }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(versionQuery(name, version));
  const lineage = Object.entries(data.lineage ?? {}).filter(([key]) => !shownElsewhere.has(key));
  const pipelineRun = data.lineage?.pipeline_run_id;
  const facts: Fact[] = [];
  if (typeof pipelineRun === "string")
    facts.push([
      t("version.pipelineRun"),
      <Link key="pipeline" className="mono" to="/pipelines/runs/$pipelineRunId" params={{ pipelineRunId: pipelineRun }}>
        {pipelineRun.slice(0, 12)}
      </Link>,
    ]);
  if (data.source !== undefined)
    facts.push([
      t("version.source"),
      <span key="source" className="value">
        {data.source}
      </span>,
    ]);
  if (data.logged_model_id !== undefined)
    facts.push([t("version.loggedModel"), <CopyText key="logged" text={data.logged_model_id} show={14} />]);
  if (data.content_hash !== undefined)
    facts.push([t("version.contentHash"), <CopyText key="hash" text={data.content_hash} show={12} />]);
  for (const [key, value] of lineage)
    if (isHash(value)) facts.push([key, <CopyText key={key} text={value} show={12} />]);
  const isNested = (value: unknown) => typeof value === "object" && value !== null;
  const plain = lineage.filter(([, value]) => !isNested(value) && !isHash(value));
  return (
    <>
      <Facts facts={[...facts, ...factsOf(Object.fromEntries(plain))]} />
      {lineage
        .filter(([, value]) => isNested(value))
        .map(([name, value]) => (
          <details key={name} className="folded">
            <summary>{name}</summary>
            <Facts facts={factsOf(value as Record<string, unknown>)} />
          </details>
        ))}
    </>
  );
}

const isHash = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{40,}$/.test(value);

/** Of the lineage: links of the page. */
const shownElsewhere = new Set(["dataset", "dataset_version_id", "run_id", "pipeline_run_id"]);

export function BundleFiles({ name, version }: Props) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(versionQuery(name, version));
  const files = data.files ?? [];
  if (files.length === 0) return <EmptyState icon="file" title={t("version.noFiles")} />;
  return (
    <Table label={t("version.files")}>
      <thead>
        <tr>
          <th scope="col">{t("file.path")}</th>
          <th scope="col" className="right">
            {t("file.size")}
          </th>
          <th scope="col">SHA-256</th>
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <tr key={file.path}>
            <th scope="row" className="mono">
              {file.path}
            </th>
            <td className="right">{format.bytes(file.size)}</td>
            <td className="mono muted" title={file.sha256}>
              {file.sha256?.slice(0, 12)}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** A column for the newest evaluation on each dataset version: the one that gates go by. */
export function Evaluations({ name, version }: Props) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(evaluationsQuery(name, version));
  const all = data.evaluations ?? [];
  const evaluations = all.filter(
    ({ dataset_version_id: dataset }, i) => all.findIndex((each) => each.dataset_version_id === dataset) === i,
  );
  if (evaluations.length === 0)
    return (
      <EmptyState icon="runs" title={t("evaluations.empty")}>
        {t("evaluations.emptyHint")}
      </EmptyState>
    );
  const metrics = [...new Set(evaluations.flatMap((evaluation) => Object.keys(evaluation.metrics ?? {})))];
  return (
    <Table label={t("evaluations.title")}>
      <thead>
        <tr>
          <th scope="col">{t("gate.metric")}</th>
          {evaluations.map((evaluation, i) => (
            <th key={i} scope="col" className="right">
              {evaluation.dataset_version_id === undefined ? (
                <span className="muted">–</span>
              ) : (
                <Link
                  to="/datasets/versions/$datasetVersionId"
                  params={{ datasetVersionId: evaluation.dataset_version_id }}
                >
                  {t("evaluations.dataset", { id: evaluation.dataset_version_id })}
                </Link>
              )}
              <span className="stacked">
                <TimeAgo at={evaluation.at} />
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {metrics.map((metric) => (
          <tr key={metric}>
            <th scope="row">{metric}</th>
            {evaluations.map((evaluation, i) => (
              <td key={i} className="right">
                {evaluation.metrics?.[metric] === undefined ? "–" : format.value(evaluation.metrics[metric])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
