import { useMemo } from "react";
import { Card } from "@/components/ui/card";
import { Facts, type Fact } from "@/components/ui/facts";
import { PlotChart, type PlotSeries } from "@/components/ui/plot-chart";
import { Table } from "@/components/ui/table";
import { useLanguage } from "@/lib/language";
import type { Distribution } from "../alarm-report";
import type { Costs } from "../plot-report";
import type { Head } from "../report";
import { stepsOf } from "./regression-plots";

/** Confusion, curves and calibration of classes and alarms. */
export function ClassPlots({ head }: { head: Head }) {
  const { t, format } = useLanguage();
  const { confusion, calibration, roc, pr, costs } = head;
  return (
    <>
      {confusion !== undefined && (
        <Card flush title={t("evaluation.confusion")} note={t("evaluation.confusionNote")}>
          <Confusion labels={confusion.labels} counts={confusion.counts} />
        </Card>
      )}
      {costs !== undefined && (
        <Card title={t("evaluation.costs")} note={t("evaluation.costsNote")}>
          <CostCurve costs={costs} />
        </Card>
      )}
      {pr.length > 0 && (
        <Card title={t("evaluation.pr")}>
          <Curve
            label={t("evaluation.prLabel")}
            points={pr}
            x={t("evaluation.recall")}
            y={t("evaluation.precision")}
            threshold={head.threshold}
          />
        </Card>
      )}
      {roc.length > 0 && (
        <Card
          title={t("evaluation.roc")}
          note={
            head.metrics.get("auc")?.value === undefined
              ? undefined
              : `AUC ${format.value(head.metrics.get("auc")?.value)}`
          }
        >
          <Curve
            label={t("evaluation.rocLabel")}
            points={roc}
            x={t("evaluation.falseAlarmRate")}
            y={t("evaluation.recall")}
            threshold={head.threshold}
            hasDiagonal
          />
        </Card>
      )}
      {calibration !== undefined && (
        <Card
          title={t("evaluation.calibration")}
          note={
            calibration.expectedError === undefined
              ? undefined
              : t("evaluation.calibrationError", { value: format.value(calibration.expectedError) })
          }
        >
          <Reliability head={head} />
        </Card>
      )}
    </>
  );
}

/** Rows are the truth, columns the answers; the darker a cell, the larger its share of the row. */
function Confusion({ labels, counts }: { labels: readonly string[]; counts: readonly (readonly number[])[] }) {
  const { t, format } = useLanguage();
  return (
    <Table label={t("evaluation.confusion")}>
      <thead>
        <tr>
          <th scope="col">{t("evaluation.actual")}</th>
          {labels.map((label) => (
            <th key={label} scope="col" className="right">
              {label}
            </th>
          ))}
          <th scope="col" className="right">
            {t("evaluation.recall")}
          </th>
        </tr>
      </thead>
      <tbody>
        {labels.map((label, i) => {
          const row = labels.map((_, j) => counts[i]?.[j] ?? 0);
          const all = row.reduce((sum, count) => sum + count, 0);
          return (
            <tr key={label} className="confusion-row">
              <th scope="row">{label}</th>
              {row.map((count, j) => (
                <td
                  key={j}
                  className={i === j ? "right confusion-right" : "right confusion-wrong"}
                  style={{ "--share": all === 0 ? 0 : count / all } as React.CSSProperties}
                >
                  {format.count(count)}
                  <span className="stacked">{format.percent(all === 0 ? undefined : count / all)}</span>
                </td>
              ))}
              <td className="right">{all === 0 ? "–" : format.fixed((row[i] ?? 0) / all, 3)}</td>
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}

interface CurveProps {
  label: string;
  /** x, y and the threshold that leads there. */
  points: readonly (readonly number[])[];
  x: string;
  y: string;
  threshold: number | undefined;
  hasDiagonal?: boolean;
}

function Curve({ label, points, x, y, threshold, hasDiagonal = false }: CurveProps) {
  const { t, format } = useLanguage();
  const series = useMemo<PlotSeries[]>(() => {
    const at = threshold === undefined ? undefined : nearest(points, threshold);
    return [
      { name: y, kind: "line", color: 0, points: points.map(([a = 0, b = 0]) => [a, b]) },
      ...(at === undefined
        ? []
        : [
            {
              name: t("evaluation.threshold", { value: format.value(threshold) }),
              kind: "points" as const,
              color: 1,
              points: [[at[0] ?? 0, at[1] ?? 0] as const],
            },
          ]),
      ...(hasDiagonal
        ? [{ name: "", kind: "line" as const, color: 9, isDashed: true, points: [[0, 0] as const, [1, 1] as const] }]
        : []),
    ];
  }, [points, threshold, hasDiagonal, y, t, format]);
  return (
    <PlotChart label={label} series={series} x={{ name: x, min: 0, max: 1 }} y={{ name: y, min: 0, max: 1 }} isTall />
  );
}

const nearest = (points: readonly (readonly number[])[], threshold: number) =>
  points
    .filter((point) => Number.isFinite(point[2]))
    .reduce<readonly number[] | undefined>(
      (best, point) =>
        best === undefined || Math.abs((point[2] ?? 0) - threshold) < Math.abs((best[2] ?? 0) - threshold)
          ? point
          : best,
      undefined,
    );

/** How often what was said to happen with a probability did happen. */
function Reliability({ head: { calibration } }: { head: Head }) {
  const { t, format } = useLanguage();
  const series = useMemo<PlotSeries[]>(() => {
    const bins = calibration?.bins ?? [];
    return [
      {
        name: "",
        kind: "line",
        color: 0,
        points: bins.map(({ predicted, observed }) => [predicted, observed]),
      },
      {
        name: t("evaluation.observed"),
        kind: "points",
        color: 0,
        points: bins.map(({ predicted, observed }) => [predicted, observed]),
        notes: bins.map(({ count }) => t("datasets.rowCount", { count: format.count(count) })),
      },
      { name: "", kind: "line", color: 9, isDashed: true, points: [[0, 0] as const, [1, 1] as const] },
    ];
  }, [calibration, t, format]);
  return (
    <PlotChart
      isTall
      label={t("evaluation.calibrationLabel", { count: calibration?.bins.length ?? 0 })}
      series={series}
      x={{ name: t("evaluation.probability"), min: 0, max: 1 }}
      y={{ name: t("evaluation.observed"), min: 0, max: 1 }}
    />
  );
}

function CostCurve({ costs }: { costs: Costs }) {
  const { t, format } = useLanguage();
  const series = useMemo<PlotSeries[]>(
    () => [{ name: t("evaluation.cost"), kind: "line", color: 0, points: costs.curve.map(([x = 0, y = 0]) => [x, y]) }],
    [costs, t],
  );
  const marks = useMemo(
    () => [
      ...(costs.threshold === undefined ? [] : [{ x: costs.threshold, text: t("evaluation.used") }]),
      ...(costs.cheapestThreshold === undefined || costs.cheapestThreshold === costs.threshold
        ? []
        : [{ x: costs.cheapestThreshold, text: t("evaluation.cheapest") }]),
    ],
    [costs, t],
  );
  const value = (figure: number | undefined) => (figure === undefined ? "–" : format.value(figure));
  // Several classes have no threshold, and one cost.
  const facts: Fact[] =
    costs.threshold === undefined
      ? [[t("evaluation.cost"), value(costs.cost)]]
      : [
          [t("evaluation.costAt", { threshold: value(costs.threshold) }), value(costs.cost)],
          [
            costs.cheapestThreshold === undefined
              ? t("evaluation.cheapestSilent")
              : t("evaluation.cheapestAt", { threshold: value(costs.cheapestThreshold) }),
            value(costs.cheapestCost),
          ],
          [t("evaluation.alwaysSilent"), value(costs.alwaysSilent)],
          [t("evaluation.alwaysAlarming"), value(costs.alwaysAlarming)],
        ];
  return (
    <div className="column-detail">
      {costs.curve.length > 0 && (
        <PlotChart
          label={t("evaluation.costLabel")}
          series={series}
          x={{ name: t("evaluation.thresholdAxis") }}
          y={{ name: t("evaluation.cost"), min: 0 }}
          marks={marks}
        />
      )}
      <Facts facts={facts} />
    </div>
  );
}

/** How far from normal the rows are, where nobody knows which of them are anomalies. */
export function Scores({ scores, threshold }: { scores: Distribution; threshold: number | undefined }) {
  const { t, format } = useLanguage();
  const series = useMemo(
    () => (scores.histogram === undefined ? [] : [stepsOf(scores.histogram, t("evaluation.rows"), 0)]),
    [scores, t],
  );
  const marks = useMemo(
    () =>
      threshold === undefined
        ? undefined
        : [{ x: threshold, text: t("evaluation.threshold", { value: format.value(threshold) }) }],
    [threshold, t, format],
  );
  return (
    <PlotChart
      label={t("evaluation.scoresLabel", { low: format.value(scores.min), high: format.value(scores.max) })}
      series={series}
      x={{ name: t("evaluation.score") }}
      y={{ name: t("evaluation.rows"), kind: "count", min: 0 }}
      marks={marks}
    />
  );
}
