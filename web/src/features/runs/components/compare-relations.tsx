import { useMemo } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { CheckField } from "@/components/ui/check-field";
import { SelectField } from "@/components/ui/field";
import { ParallelChart, ScatterChart, type RelationAxis } from "@/components/ui/relation-chart";
import { useLanguage } from "@/lib/language";
import { compareAxes, wantsLog, type Axis } from "../compare-rows";
import type { ChartedRun } from "./metric-charts";

export interface RelationSearch {
  /** Axes by their ids, "params.depth" or "metrics.rmse". */
  sx?: string;
  sy?: string;
  /** The param axes left out of the parallel coordinates, separated by line breaks. */
  without?: string;
}

const MAX_PARALLEL = 8;

interface Props {
  runs: readonly ChartedRun[];
  search: RelationSearch;
  onSearch: (search: RelationSearch) => void;
  onRun: (id: string) => void;
}

/** How a metric hangs together with params. */
export function CompareRelations({ runs, search, onSearch, onRun }: Props) {
  const { t } = useLanguage();
  const all = useMemo(() => compareAxes(runs), [runs]);
  const metrics = all.filter((axis) => axis.id.startsWith("metrics."));
  const params = all.filter((axis) => axis.id.startsWith("params."));
  const y = metrics.find((axis) => axis.id === search.sy) ?? fullest(metrics);
  const x = all.find((axis) => axis.id === search.sx) ?? params.find((axis) => axis.isNumeric) ?? all[0];
  const without = new Set(search.without?.split("\n"));
  const shown = params.filter((axis) => !without.has(axis.id)).slice(0, MAX_PARALLEL);
  const flat = useMemo(() => (x === undefined || y === undefined ? [] : [x, y]), [x, y]);
  const many = useMemo(() => (y === undefined ? [] : [...shown, y]), [shown, y]);
  if (x === undefined || y === undefined) return <EmptyState icon="compare" title={t("compareRuns.nothingToRelate")} />;
  const options = (axes: readonly Axis[]) => axes.map(({ id }) => ({ value: id, label: id }));
  return (
    <div className="stack">
      <div className="tools">
        <div className="inline-field">
          <SelectField
            label={t("compareRuns.metric")}
            value={y.id}
            options={options(metrics)}
            onChange={(sy) => onSearch({ ...search, sy })}
          />
        </div>
      </div>
      <section className="card" aria-label={t("compareRuns.parallel")}>
        <div className="card-head">
          <h2>{t("compareRuns.parallel")}</h2>
          <span className="card-note">{t("compareRuns.parallelNote")}</span>
        </div>
        <div className="card-body">
          {shown.length === 0 ? (
            <EmptyState icon="compare" title={t("compareRuns.noParams")} />
          ) : (
            <ParallelChart
              label={t("compareRuns.parallelLabel", {
                axes: many.map((axis) => axis.id).join(", "),
                count: runs.length,
              })}
              axes={many.map(relationAxis)}
              items={relationItems(runs, many)}
            />
          )}
          {params.length > 1 && (
            <div className="axis-choice">
              {params.map((axis) => (
                <CheckField
                  key={axis.id}
                  label={axis.key}
                  isChecked={shown.includes(axis)}
                  isDisabled={!shown.includes(axis) && shown.length >= MAX_PARALLEL}
                  onChange={(isOn) => {
                    const next = new Set(without);
                    if (isOn) next.delete(axis.id);
                    else next.add(axis.id);
                    onSearch({ ...search, without: next.size === 0 ? undefined : [...next].join("\n") });
                  }}
                />
              ))}
            </div>
          )}
        </div>
      </section>
      <section className="card" aria-label={t("compareRuns.scatter")}>
        <div className="card-head">
          <h2>{t("compareRuns.scatter")}</h2>
          <div className="card-actions inline-field">
            <SelectField
              label={t("charts.x")}
              value={x.id}
              options={options(all)}
              onChange={(sx) => onSearch({ ...search, sx })}
            />
          </div>
        </div>
        <div className="card-body">
          <ScatterChart
            label={t("compareRuns.scatterLabel", { x: x.id, y: y.id, count: runs.length })}
            axes={flat.map(relationAxis)}
            items={relationItems(runs, flat)}
            onItem={(index) => {
              const run = runs[index];
              if (run !== undefined) onRun(run.run_id);
            }}
          />
        </div>
      </section>
    </div>
  );
}

/** The metric on which most runs stand; of those that were measured on held-out data, if there are any. */
function fullest(axes: readonly Axis[]): Axis | undefined {
  const known = (axis: Axis) =>
    axis.values.filter((value) => value !== undefined).length + (/test|val/i.test(axis.key) ? 0.5 : 0);
  return axes.reduce<Axis | undefined>(
    (best, axis) => (best === undefined || known(axis) > known(best) ? axis : best),
    undefined,
  );
}

const relationAxis = ({ id, key, isNumeric, values }: Axis, _: number, all: readonly Axis[]): RelationAxis => ({
  id,
  // A param and a metric may have one key.
  name: all.some((other) => other.key === key && other.id !== id) ? id : key,
  isNumeric,
  isLog: isNumeric && wantsLog(values),
});

const relationItems = (runs: readonly ChartedRun[], axes: readonly Axis[]) =>
  runs.map((run, i) => ({
    name: run.name ?? run.run_id,
    color: run.color,
    values: axes.map((axis) => axis.values[i]),
  }));
