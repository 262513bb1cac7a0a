import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Badge } from "@/components/ui/badge";
import { CopyText } from "@/components/ui/copy-text";
import { EditableText } from "@/components/ui/editable-text";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts, type Fact } from "@/components/ui/facts";
import { Markdown } from "@/components/ui/markdown";
import { SearchField } from "@/components/ui/search-field";
import { Table } from "@/components/ui/table";
import { TagEditor } from "@/components/ui/tag-editor";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import {
  datasetVersionQuery,
  loggedModelsQuery,
  nestedInQuery,
  runLinksQuery,
  runQuery,
  useRemoveRunTag,
  useSetRunNote,
  useSetRunTag,
  type RunDataset,
} from "../api";
import { splitMetrics } from "../metric-splits";
import { ExperimentCell } from "./run-cell";
import { RunStatusBadge } from "./run-status-badge";

/** Above this many a list can be searched. */
const MANY = 12;

export function LatestMetrics({ id }: { id: string }) {
  const { t, format } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const [text, setText] = useState("");
  const all = (run.metrics ?? []).filter(({ key }) => !key.startsWith("system/"));
  const metrics = all.filter(({ key }) => key.toLowerCase().includes(text.toLowerCase()));
  if (all.length === 0) return <EmptyState icon="runs" title={t("run.noMetrics")} />;
  const { splits, rows, plain } = splitMetrics(metrics);
  return (
    <>
      {all.length > MANY && (
        <div className="list-search">
          <SearchField label={t("run.findMetric")} initial="" onChange={setText} />
        </div>
      )}
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
          <thead>
            <tr>
              <th scope="col">{t("gate.metric")}</th>
              <th scope="col" className="right">
                {t("run.value")}
              </th>
              <th scope="col" className="right">
                {t("run.step")}
              </th>
            </tr>
          </thead>
          <tbody>
            {plain.map((metric) => (
              <tr key={metric.key}>
                <th scope="row">{metric.key}</th>
                <td className="right">{format.value(metric.value)}</td>
                <td className="right muted">{format.count(metric.step)}</td>
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
  const [text, setText] = useState("");
  const all = run.params ?? [];
  const wanted = text.toLowerCase();
  const params = all.filter(({ key, value = "" }) => `${key}\n${value}`.toLowerCase().includes(wanted));
  if (all.length === 0) return <p className="muted">{t("run.noParams")}</p>;
  return (
    <>
      {all.length > MANY && (
        <div className="list-search">
          <SearchField label={t("run.findParam")} initial="" onChange={setText} />
        </div>
      )}
      <Facts facts={params.map(({ key, value }) => [key, <span className="value">{value}</span>])} />
    </>
  );
}

interface EditProps {
  id: string;
  canWrite: boolean;
}

export function RunNote({ id, canWrite }: EditProps) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const save = useSetRunNote(id);
  return (
    <EditableText
      label={t("run.note")}
      text={run.note}
      empty={t("run.noNote")}
      canEdit={canWrite && run.is_deleted !== true}
      save={save}
      rows={6}
      maxLength={8000}
      render={(text) => <Markdown text={text} />}
    />
  );
}

export function RunTags({ id, canWrite }: EditProps) {
  const { data: run } = useSuspenseQuery(runQuery(id));
  const set = useSetRunTag(id);
  const remove = useRemoveRunTag(id);
  const tags = (run.tags ?? []).filter(({ key }) => !key.startsWith("mlflow."));
  return (
    <TagEditor
      tags={Object.fromEntries(tags.map(({ key, value = "" }) => [key, value]))}
      canEdit={canWrite && run.is_deleted !== true}
      set={set}
      remove={remove}
    />
  );
}

export function RunDetails({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const tag = (key: string) => run.tags?.find((each) => each.key === key)?.value;
  const facts: [string, Fact[1] | undefined][] = [
    [t("run.id"), <CopyText text={run.run_id} />],
    [t("runs.status"), <RunStatusBadge status={run.status} reason={run.status_reason} />],
    [t("runs.experiment"), <ExperimentCell id={run.experiment_id ?? "0"} />],
    [t("run.parent"), run.parent_run_id === undefined ? undefined : <ParentLink id={run.parent_run_id} />],
    [t("runs.user"), run.user ?? run.created_by],
    [t("runs.started"), <TimeAgo at={run.started_at} />],
    [t("runs.ended"), run.ended_at === undefined ? undefined : <TimeAgo at={run.ended_at} />],
    [t("runs.source"), tag("mlflow.source.name")],
    [t("run.commit"), tag("mlflow.source.git.commit")],
    [t("run.artifactUri"), run.artifact_uri === undefined ? undefined : <CopyText text={run.artifact_uri} />],
  ];
  return <Facts facts={facts.filter((each): each is [string, Fact[1]] => each[1] !== undefined)} />;
}

function ParentLink({ id }: { id: string }) {
  const { data: parent } = useQuery(runQuery(id));
  return (
    <Link to="/runs/$runId" params={{ runId: id }}>
      {parent?.name ?? id.slice(0, 12)}
    </Link>
  );
}

export function RunDatasets({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(runLinksQuery(id));
  const { data: run } = useSuspenseQuery(runQuery(id));
  const datasets = data.datasets ?? [];
  const versions = platformDatasets.flatMap(([key, context]) => {
    const found = run.tags?.find((tag) => tag.key === key)?.value;
    return found === undefined || found === "" ? [] : [{ id: found, context }];
  });
  if (datasets.length + versions.length === 0) return <p className="muted">{t("run.noDatasets")}</p>;
  return (
    <ul className="plain-list">
      {versions.map(({ id: version, context }) => (
        <PlatformDataset key={context} id={version} context={context} />
      ))}
      {datasets.map((dataset) => (
        <Dataset key={`${dataset.name}\n${dataset.digest ?? ""}`} dataset={dataset} />
      ))}
    </ul>
  );
}

/** Where the platform's own training notes what it read. */
const platformDatasets = [
  ["millwright.dataset_version_id", "train"],
  ["millwright.test_dataset_version_id", "test"],
] as const;

function PlatformDataset({ id, context }: { id: string; context: "train" | "test" }) {
  const { t, format } = useLanguage();
  const { data } = useQuery(datasetVersionQuery(id));
  return (
    <li>
      <span className="list-head">
        <strong>
          <Link to="/datasets/versions/$datasetVersionId" params={{ datasetVersionId: id }}>
            {data?.name === undefined
              ? t("evaluations.dataset", { id })
              : t("version.title", { name: data.name, version: data.version ?? 0 })}
          </Link>
        </strong>
        <Badge>{t(`split.${context}`)}</Badge>
      </span>
      {data !== undefined && (
        <span className="stacked">
          {t("run.datasetRows", { count: format.count(data.row_count) })}
          {data.content_hash !== undefined && (
            <code title={data.content_hash}> · {data.content_hash.slice(0, 12)}</code>
          )}
        </span>
      )}
      <Link to="/lineage" search={{ dataset: id }}>
        {t("lineage.title")}
      </Link>
    </li>
  );
}

function Dataset({ dataset }: { dataset: RunDataset }) {
  const { t } = useLanguage();
  const context = dataset.tags?.find((tag) => tag.key === "mlflow.data.context")?.value;
  return (
    <li>
      <span className="list-head">
        <strong>{dataset.name}</strong>
        {context !== undefined && <Badge>{context}</Badge>}
      </span>
      <span className="stacked mono">
        {dataset.digest} · {dataset.source_type}
      </span>
      <span className="stacked ellipsis wide-ellipsis" title={dataset.source}>
        {sourceText(dataset.source)}
      </span>
      {dataset.schema !== undefined && (
        <details>
          <summary>{t("run.schema")}</summary>
          <pre className="small-text" tabIndex={0}>
            {indented(dataset.schema)}
          </pre>
        </details>
      )}
    </li>
  );
}

/** Clients write JSON such as {"uri": "s3://…"}. */
function sourceText(source: string | undefined): string | undefined {
  const read = parsed(source);
  if (typeof read !== "object" || read === null) return source;
  const [first] = Object.values(read).filter((value) => typeof value === "string");
  return first ?? source;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

const indented = (text: string): string => {
  const read = parsed(text);
  return read === undefined ? text : JSON.stringify(read, null, 2);
};

const modelStates = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: ["run.unknown", "neutral"],
  LOGGED_MODEL_STATUS_PENDING: ["loggedModel.pending", "info"],
  LOGGED_MODEL_STATUS_READY: ["loggedModel.ready", "good"],
  LOGGED_MODEL_STATUS_UPLOAD_FAILED: ["loggedModel.failed", "bad"],
} as const;

export function RunModels({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(loggedModelsQuery(id));
  const { data: links } = useSuspenseQuery(runLinksQuery(id));
  const models = data.logged_models ?? [];
  const inputs = links.model_inputs ?? [];
  if (models.length + inputs.length === 0) return <p className="muted">{t("run.noModels")}</p>;
  return (
    <ul className="plain-list">
      {models.map((model) => {
        const [text, tone] = modelStates[model.status ?? "LOGGED_MODEL_STATUS_UNSPECIFIED"];
        return (
          <li key={model.model_id}>
            <span className="list-head">
              <strong>{model.name}</strong>
              <Badge tone={tone}>{t(text)}</Badge>
            </span>
            <CopyText text={`models:/${model.model_id}`} />
          </li>
        );
      })}
      {inputs.map((input) => (
        <li key={input}>
          <span className="list-head">
            <strong>{t("run.modelInput")}</strong>
          </span>
          <CopyText text={`models:/${input}`} />
        </li>
      ))}
    </ul>
  );
}

/** Shows nothing when no run is nested in this one. */
export function NestedRuns({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(nestedInQuery(id));
  const runs = data.runs ?? [];
  if (runs.length === 0) return null;
  const ids = runs.slice(0, 50).map((run) => run.run_id);
  return (
    <section className="card" aria-label={t("run.nested")}>
      <div className="card-head">
        <h2>{t("run.nested")}</h2>
        <span className="card-note">{data.next_page_token === undefined ? runs.length : `${runs.length}+`}</span>
        {ids.length > 1 && (
          <div className="card-actions">
            <Link to="/runs/compare" search={{ runs: ids.join(",") }}>
              {t("runs.compare")}
            </Link>
          </div>
        )}
      </div>
      <ul className="choices nested-list">
        {runs.map((run) => (
          <li key={run.run_id}>
            <Link className="choice choice-line" to="/runs/$runId" params={{ runId: run.run_id }}>
              <span>{run.name ?? run.run_id}</span>
              <RunStatusBadge status={run.status} reason={run.status_reason} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
