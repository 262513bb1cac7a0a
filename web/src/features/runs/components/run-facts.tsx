import { useSuspenseQuery } from "@tanstack/react-query";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Table } from "@/components/ui/table";
import { useLanguage } from "@/lib/language";
import { artifactsQuery, runQuery } from "../api";
import { splitMetrics } from "../metric-splits";

export function LatestMetrics({ id }: { id: string }) {
  const { t, format } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const metrics = run.metrics ?? [];
  if (metrics.length === 0) return <EmptyState icon="runs" title={t("run.noMetrics")} />;
  const { splits, rows, plain } = splitMetrics(metrics);
  return (
    <>
      {rows.length > 0 && (
        <Table label={t("run.metricsBySplit")}>
          <thead>
            <tr>
              <th scope="col">{t("gate.metric")}</th>
              {splits.map((split) => (
                <th key={split} scope="col" className="right">
                  {t(`split.${split}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, bySplit }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {splits.map((split) => (
                  <td key={split} className="right">
                    {bySplit[split] === undefined ? (
                      <span className="muted">–</span>
                    ) : (
                      format.value(bySplit[split].value)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {plain.length > 0 && (
        <Table label={t("run.metrics")}>
          <tbody>
            {plain.map((metric) => (
              <tr key={metric.key}>
                <th scope="row">{metric.key}</th>
                <td className="right">{format.value(metric.value)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}

export function RunParams({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const params = run.params ?? [];
  if (params.length === 0) return <p className="muted">{t("run.noParams")}</p>;
  return <Facts facts={params.map(({ key, value }) => [key, <span className="value">{value}</span>])} />;
}

export function RunTags({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const tags = run.tags ?? [];
  if (tags.length === 0) return <p className="muted">{t("run.noTags")}</p>;
  return <Facts facts={tags.map(({ key, value }) => [key, value])} />;
}

export function RunArtifacts({ id }: { id: string }) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(artifactsQuery(id));
  const artifacts = data.artifacts ?? [];
  if (artifacts.length === 0) return <EmptyState icon="file" title={t("run.noArtifacts")} />;
  return (
    <Table label={t("run.artifacts")}>
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
        {artifacts.map((artifact) => (
          <tr key={artifact.path}>
            <th scope="row" className="mono">
              {artifact.path}
            </th>
            <td className="right">{format.bytes(artifact.blob?.size)}</td>
            <td className="mono muted" title={artifact.blob?.sha256}>
              {artifact.blob?.sha256.slice(0, 12)}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
