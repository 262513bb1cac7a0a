import { useMemo } from "react";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { PlotChart, type PlotSeries } from "@/components/ui/plot-chart";
import type { Format } from "@/lib/format";
import { toInstant } from "@/lib/instant";
import { useLanguage } from "@/lib/language";
import type { Bins, Trajectory } from "../plot-report";
import type { Head } from "../report";

const PREDICTED = 0;
const ACTUAL = 9;

/** Predicted against actual, and how far the answers are off. */
export function RegressionPlots({ head }: { head: Head }) {
  const { t, format } = useLanguage();
  const { sample, residuals, interval } = head;
  return (
    <>
      {sample.length > 0 && (
        <Card
          title={t("evaluation.predictedActual")}
          note={t("evaluation.sampled", { count: format.count(sample.length) })}
        >
          <PredictedActual head={head} />
        </Card>
      )}
      {residuals !== undefined && (
        <Card title={t("evaluation.residuals")} note={t("evaluation.residualsNote")}>
          <Residuals bins={residuals} />
        </Card>
      )}
      {interval !== undefined && (
        <Card title={t("evaluation.forecastRange")}>
          <Facts
            facts={[
              [t("evaluation.rangeHeads"), `${interval.low} – ${interval.high}`],
              [t("evaluation.coverage"), format.percent(interval.coverage)],
              [t("evaluation.nominal"), format.percent(interval.nominal)],
              [t("evaluation.below"), format.percent(interval.below)],
              [t("evaluation.above"), format.percent(interval.above)],
              [t("evaluation.meanWidth"), interval.meanWidth === undefined ? "–" : format.value(interval.meanWidth)],
            ]}
          />
        </Card>
      )}
    </>
  );
}

function PredictedActual({ head: { sample } }: { head: Head }) {
  const { t, format } = useLanguage();
  const series = useMemo<PlotSeries[]>(() => {
    const values = sample.flatMap(({ truth, prediction }) => [truth, prediction]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [
      {
        name: t("evaluation.predicted"),
        kind: "points",
        color: PREDICTED,
        points: sample.map(({ truth, prediction }) => [truth, prediction]),
        notes: sample.map(({ asset, time }) =>
          [asset, time === undefined ? undefined : timeText(time, format)]
            .filter((part) => part !== undefined)
            .join(" · "),
        ),
      },
      {
        name: "",
        kind: "line",
        color: ACTUAL,
        isDashed: true,
        points: [
          [low, low],
          [high, high],
        ],
      },
    ];
  }, [sample, t, format]);
  return (
    <PlotChart
      isTall
      label={t("evaluation.predictedActualLabel", { count: format.count(sample.length) })}
      series={series}
      x={{ name: t("evaluation.actual") }}
      y={{ name: t("evaluation.predicted") }}
    />
  );
}

function timeText(time: string, format: Format): string {
  const instant = toInstant(Number(time));
  return instant === undefined ? time : format.dateTime(instant);
}

function Residuals({ bins }: { bins: Bins }) {
  const { t, format } = useLanguage();
  const series = useMemo(() => [stepsOf(bins, t("evaluation.rows"), PREDICTED)], [bins, t]);
  return (
    <PlotChart
      isTall
      label={t("evaluation.residualsLabel", {
        low: format.value(bins.edges[0]),
        high: format.value(bins.edges.at(-1)),
      })}
      series={series}
      x={{ name: t("evaluation.residual") }}
      y={{ name: t("evaluation.rows"), kind: "count", min: 0 }}
      marks={noError}
    />
  );
}

const noError = [{ x: 0, text: "" }];

/** A histogram as steps from edge to edge. */
export const stepsOf = ({ edges, counts }: Bins, name: string, color: number): PlotSeries => ({
  name,
  kind: "steps",
  color,
  points: edges.map((edge, i) => [edge, counts[i] ?? counts.at(-1) ?? 0]),
});

/** Truth and answers along the lives of a few assets, from the best answered to the worst. */
export function Trajectories({ trajectories }: { trajectories: readonly Trajectory[] }) {
  const { t } = useLanguage();
  return (
    <Card title={t("evaluation.trajectories")} note={t("evaluation.trajectoriesNote")}>
      <div className="plots">
        {trajectories.map((trajectory) => (
          <TrajectoryPlot key={trajectory.asset} trajectory={trajectory} />
        ))}
      </div>
    </Card>
  );
}

function TrajectoryPlot({ trajectory }: { trajectory: Trajectory }) {
  const { t, format } = useLanguage();
  const { asset, rmse, times, truth, prediction, low, high } = trajectory;
  const series = useMemo<PlotSeries[]>(() => {
    const along = (values: readonly number[]) =>
      times.map((time, i) => [toInstant(time) ?? time, values[i] ?? Number.NaN] as const);
    return [
      ...(low.length === times.length && high.length === times.length && times.length > 0
        ? [{ name: "", kind: "band" as const, color: PREDICTED, points: along(low), upper: along(high) }]
        : []),
      { name: t("evaluation.actual"), kind: "line", color: ACTUAL, points: along(truth) },
      { name: t("evaluation.predicted"), kind: "line", color: PREDICTED, points: along(prediction) },
    ];
  }, [times, truth, prediction, low, high, t]);
  const isTime = toInstant(times[0] ?? 0) !== undefined;
  return (
    <section className="plot-card" aria-label={asset}>
      <h3 className="chart-title" title={asset}>
        {asset}
        {rmse !== undefined && <span className="muted"> · RMSE {format.value(rmse)}</span>}
      </h3>
      <PlotChart
        label={t("evaluation.trajectoryLabel", { asset, count: times.length })}
        series={series}
        x={{ name: t("evaluation.time"), kind: isTime ? "time" : "number" }}
        y={{ name: "" }}
      />
    </section>
  );
}
