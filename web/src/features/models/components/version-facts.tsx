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

/** What the version was made from. */
export function Lineage({ name, version }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(versionQuery(name, version));
  const facts: Fact[] = [];
  if (data.run_id !== undefined)
    facts.push([
      t("versions.run"),
      <Link key="run" className="mono" to="/runs/$runId" params={{ runId: data.run_id }}>
        {data.run_id.slice(0, 12)}
      </Link>,
    ]);
  if (data.content_hash !== undefined)
    facts.push([t("version.contentHash"), <CopyText key="hash" text={data.content_hash} show={12} />]);
  const isNested = (value: unknown) => typeof value === "object" && value !== null;
  const lineage = Object.entries(data.lineage ?? {});
  return (
    <>
      <Facts facts={[...facts, ...factsOf(Object.fromEntries(lineage.filter(([, value]) => !isNested(value))))]} />
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

/** A column for each evaluation, newest first. */
export function Evaluations({ name, version }: Props) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(evaluationsQuery(name, version));
  const evaluations = data.evaluations ?? [];
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
              {t("evaluations.dataset", { id: evaluation.dataset_version_id ?? "–" })}
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
