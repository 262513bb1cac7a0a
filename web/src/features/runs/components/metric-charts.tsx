import { useSuspenseQuery } from "@tanstack/react-query";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { LineChart, type Point } from "@/components/ui/line-chart";
import { useLanguage } from "@/lib/language";
import { isActive, metricHistoryQuery, runQuery, type Metric } from "../api";

/** Above this many, charts are shown on demand: each is a request and a canvas. */
const SHOWN_AT_ONCE = 12;

/** A chart for each metric that has a history. */
export function MetricCharts({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const metrics = (run.metrics ?? []).filter((metric) => (metric.step ?? 0) > 0);
  const [shown, folded] = [metrics.slice(0, SHOWN_AT_ONCE), metrics.slice(SHOWN_AT_ONCE)];
  const live = isActive(run);
  return (
    <>
      {shown.map((metric) => (
        <MetricCard key={metric.key} id={id} metric={metric} live={live} />
      ))}
      {folded.length > 0 && <p className="muted">{t("run.moreMetrics", { count: folded.length })}</p>}
    </>
  );
}

function MetricCard({ id, metric, live }: { id: string; metric: Metric; live: boolean }) {
  const { t, format } = useLanguage();
  return (
    <Card
      title={metric.key}
      note={t("run.latest", { value: format.value(metric.value), step: format.count(metric.step) })}
    >
      <Boundary lines={5}>
        <MetricChart id={id} metricKey={metric.key} live={live} />
      </Boundary>
    </Card>
  );
}

function MetricChart({ id, metricKey, live }: { id: string; metricKey: string; live: boolean }) {
  const { t, format } = useLanguage();
  const { data: history } = useSuspenseQuery(metricHistoryQuery(id, metricKey, live));
  const points = toPoints(history);
  const values = points.map((point) => point.y);
  const [least, greatest] = values.reduce(
    ([low, high], y) => [Math.min(low, y), Math.max(high, y)],
    [Infinity, -Infinity],
  );
  const label = t("run.chartLabel", {
    key: metricKey,
    count: format.count(points.length),
    least: format.value(least),
    greatest: format.value(greatest),
    last: format.value(values.at(-1)),
  });
  if (points.length === 0) return <p className="muted">{t("run.noFinitePoints")}</p>;
  return <LineChart label={label} points={points} xAxis="step" />;
}

/** NaN and infinite values leave a gap: they have no place on an axis. */
export function toPoints(history: readonly Metric[]): Point[] {
  return history
    .map(({ step = 0, value = 0 }) => ({ x: step, y: Number(value) }))
    .filter((point) => Number.isFinite(point.y));
}
