import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { useLanguage } from "@/lib/language";
import { pipelinesQuery } from "../api";

/** The pipelines; choosing one narrows the runs beside it. */
export function PipelineList({ selected }: { selected: string | undefined }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(pipelinesQuery);
  const pipelines = data.pipelines ?? [];
  if (pipelines.length === 0)
    return (
      <EmptyState icon="pipelines" title={t("pipelines.empty")}>
        <code>millwright pipelines put FILE</code>
      </EmptyState>
    );
  return (
    <ul className="choices">
      {pipelines.map((pipeline) => (
        <li key={pipeline.name}>
          <Link
            className="choice"
            to="/pipelines"
            search={selected === pipeline.name ? {} : { pipeline: pipeline.name }}
            aria-current={selected === pipeline.name ? "true" : undefined}
          >
            <span className="choice-name">{pipeline.name}</span>
            <span className="card-note">{t("pipelines.revision", { revision: pipeline.revision ?? 1 })}</span>
            {pipeline.description !== undefined && <span className="stacked">{pipeline.description}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}
