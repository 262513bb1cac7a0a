import { useSuspenseQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SelectField } from "@/components/ui/field";
import { SearchField } from "@/components/ui/search-field";
import { WindowTable } from "@/components/ui/window-table";
import { useLanguage } from "@/lib/language";
import { featuresQuery } from "../api";
import { featureFigures, sortFeatures, type Feature, type FeatureFigure, type FeatureHead } from "../feature-report";

const ROW_HEIGHT = 36;

interface Props {
  run: string;
  head: string;
  /** What the evaluation knows of it, where training left no report of this head. */
  importance: readonly { feature: string; value: number }[];
}

/** What each feature of a head is worth, how often it is missing and what it costs. */
export function FeatureCard({ run, head, importance }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(featuresQuery(run));
  const shown = useMemo<FeatureHead>(
    () =>
      data?.heads.find(({ name }) => name === head) ?? {
        name: head,
        features: importance.map(({ feature, value }) => ({ name: feature, importance: value })),
      },
    [data, head, importance],
  );
  if (shown.features.length === 0) return null;
  return <FeatureHeadCard title={t("features.title")} cost={data?.cost} head={shown} />;
}

/** The same of every head, where there is no evaluation. */
export function FeatureCards({ run }: { run: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(featuresQuery(run));
  const heads = data?.heads ?? [];
  return heads.map((head) => (
    <FeatureHeadCard
      key={head.name}
      title={heads.length === 1 ? t("features.title") : t("features.titleOf", { head: head.name })}
      cost={data?.cost}
      head={head}
    />
  ));
}

function FeatureHeadCard({ title, cost, head }: { title: string; cost: number | undefined; head: FeatureHead }) {
  const { t, format } = useLanguage();
  const count = format.count(head.features.length);
  return (
    <Card
      flush
      title={title}
      note={cost === undefined ? count : t("features.cost", { count, cost: format.value(cost) })}
    >
      <FeatureTable title={title} head={head} />
    </Card>
  );
}

const figureTexts = {
  effect: "features.effect",
  importance: "features.importance",
  missingShare: "dataColumns.missing",
  cost: "features.costUs",
} as const;

function FeatureTable({ title, head }: { title: string; head: FeatureHead }) {
  const { t } = useLanguage();
  const [find, setFind] = useState("");
  const known = featureFigures.filter((name) => head.features.some((feature) => feature[name] !== undefined));
  const [order, setOrder] = useState<FeatureFigure>(known[0] ?? "importance");
  const features = useMemo(
    () =>
      sortFeatures(head.features, order).filter(({ name }) =>
        name.toLocaleLowerCase().includes(find.toLocaleLowerCase()),
      ),
    [head, order, find],
  );
  const most = useMemo(
    () => ({ effect: mostOf(head.features, "effect"), importance: mostOf(head.features, "importance") }),
    [head],
  );
  return (
    <>
      <div className="toolbar">
        <SearchField label={t("features.find")} initial="" onChange={setFind} />
        {known.length > 1 && (
          <div className="inline-field">
            <SelectField
              label={t("features.order")}
              value={order}
              options={known.map((each) => ({ value: each, label: t(figureTexts[each]) }))}
              onChange={setOrder}
            />
          </div>
        )}
      </div>
      {features.length === 0 ? (
        <EmptyState icon="search" title={t("features.noMatch", { text: find })} />
      ) : (
        <WindowTable
          label={title}
          region={t("features.region")}
          rows={features}
          rowHeight={ROW_HEIGHT}
          className="features-scroll"
          head={
            <>
              <th scope="col">{t("features.feature")}</th>
              {known.map((each) => (
                <th key={each} scope="col" className={each === "importance" || each === "effect" ? undefined : "right"}>
                  {t(figureTexts[each])}
                </th>
              ))}
            </>
          }
        >
          {(feature, rowIndex) => (
            <tr key={feature.name} aria-rowindex={rowIndex}>
              <th scope="row" className="mono" title={feature.name}>
                {feature.name}
              </th>
              {known.map((each) => (
                <Cell key={each} name={each} feature={feature} most={most} />
              ))}
            </tr>
          )}
        </WindowTable>
      )}
      {known.includes("effect") && (
        <p className="table-note">
          {t("features.effect")}: {t("features.effectHint", { metric: head.metric ?? t("gate.metric") })}
        </p>
      )}
    </>
  );
}

const mostOf = (features: readonly Feature[], figure: FeatureFigure): number =>
  features.reduce((most, feature) => Math.max(most, feature[figure] ?? 0), 0);

interface CellProps {
  name: FeatureFigure;
  feature: Feature;
  most: { effect: number; importance: number };
}

function Cell({ name, feature, most }: CellProps) {
  const { format } = useLanguage();
  const value = feature[name];
  if (name === "effect" || name === "importance") return <BarCell value={value} most={most[name]} />;
  if (value === undefined) return <td className="right muted">–</td>;
  return <td className="right">{name === "missingShare" ? format.percent(value) : format.value(value)}</td>;
}

function BarCell({ value, most }: { value: number | undefined; most: number }) {
  const { format } = useLanguage();
  if (value === undefined) return <td className="muted">–</td>;
  // The metric is better without it: it does harm.
  const isHarmful = value < 0;
  return (
    <td>
      <span className={isHarmful ? "importance tone-text tone-warn" : "importance"}>
        <span className="importance-track">
          <span className="importance-bar" style={{ width: `${most > 0 ? (100 * Math.max(0, value)) / most : 0}%` }} />
        </span>
        <span className="number">{format.value(value)}</span>
      </span>
    </td>
  );
}
