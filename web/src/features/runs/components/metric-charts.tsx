import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Icon } from "@/components/ui/icon";
import { LineChart, type Range, type Series } from "@/components/ui/line-chart";
import { Skeleton } from "@/components/ui/skeleton";
import { useLanguage } from "@/lib/language";
import { isActive, metricChartsQuery, type MetricSeries, type Run } from "../api";
import { chartPoints, smooth } from "../chart-series";
import { chartSettings, type ChartSearch, type ChartSettings } from "../chart-settings";

/** Charts of one request, and shown at once; more on demand. */
const TOGETHER = 12;
/** The platform's bound on runs times keys. */
const MAX_SERIES = 1000;
const POINTS_OF_ONE = 2000;
const POINTS_OF_MANY = 500;

export interface ChartedRun extends Run {
  /** Its place among the series' colours. */
  color: number;
}

interface Props {
  runs: readonly ChartedRun[];
  keys: readonly string[];
  search: ChartSearch;
  onSearch: (search: ChartSearch) => void;
}

/** A chart for each metric, with a line for each run. */
export function MetricCharts({ runs, keys, search, onSearch }: Props) {
  const { t } = useLanguage();
  const [shownCount, show] = useState(TOGETHER);
  const wanted = search.find?.toLocaleLowerCase() ?? "";
  const found = keys.filter((key) => key.toLocaleLowerCase().includes(wanted));
  const shown = found.slice(0, shownCount);
  const size = Math.max(1, Math.min(TOGETHER, Math.floor(MAX_SERIES / Math.max(1, runs.length))));
  const groups = Array.from({ length: Math.ceil(shown.length / size) }, (_, i) =>
    shown.slice(i * size, (i + 1) * size),
  );
  const settings = useMemo(() => chartSettings(search), [search]);
  const setRange = (range: Range | undefined) =>
    onSearch({
      ...search,
      from: range === undefined ? undefined : String(range[0]),
      to: range === undefined ? undefined : String(range[1]),
    });
  if (keys.length === 0) return <EmptyState icon="runs" title={t("charts.none")} />;
  if (found.length === 0) return <EmptyState icon="search" title={t("charts.noMatch")} />;
  return (
    <>
      <div className="charts">
        {groups.map((group) => (
          <ChartGroup key={group.join("\n")} runs={runs} keys={group} settings={settings} onRange={setRange} />
        ))}
      </div>
      {found.length > shown.length && (
        <div className="more">
          <Button onClick={() => show(shownCount + TOGETHER)}>
            {t("charts.more", { count: found.length - shown.length })}
          </Button>
        </div>
      )}
    </>
  );
}

interface GroupProps {
  runs: readonly ChartedRun[];
  keys: readonly string[];
  settings: ChartSettings;
  onRange: (range: Range | undefined) => void;
}

function ChartGroup({ runs, keys, settings, onRange }: GroupProps) {
  const query = useQuery({
    ...metricChartsQuery(chartRequest(runs, keys, settings), runs.some(isActive)),
    placeholderData: keepPreviousData,
  });
  const byKey = useMemo(() => {
    const groups = new Map<string, MetricSeries[]>();
    for (const series of query.data?.series ?? []) groups.set(series.key, [...(groups.get(series.key) ?? []), series]);
    return groups;
  }, [query.data]);
  if (query.isError)
    return (
      <section className="card chart-failed">
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </section>
    );
  return keys.map((key) => (
    <ChartCard
      key={key}
      title={key}
      runs={runs}
      series={query.data === undefined ? undefined : (byKey.get(key) ?? [])}
      settings={settings}
      onRange={onRange}
    />
  ));
}

/** What is zoomed into comes with its own detail, where one range fits all runs. */
function chartRequest(runs: readonly ChartedRun[], keys: readonly string[], { xAxis, range }: ChartSettings) {
  const start = runs.length === 1 ? startOf(runs[0]) : 0;
  const asked = xAxis === "relative" && (runs.length > 1 || start === 0) ? undefined : range;
  const shift = xAxis === "relative" ? start : 0;
  return {
    run_ids: runs.map((run) => run.run_id),
    keys: [...keys],
    axis: xAxis === "step" ? ("METRIC_AXIS_STEP" as const) : ("METRIC_AXIS_TIME" as const),
    from: asked && asked[0] + shift,
    to: asked && asked[1] + shift,
    max_points: runs.length === 1 ? POINTS_OF_ONE : POINTS_OF_MANY,
  };
}

const startOf = (run: Run | undefined): number => (run?.started_at === undefined ? 0 : Date.parse(run.started_at));

interface CardProps {
  title: string;
  runs: readonly ChartedRun[];
  /** Nothing while they are on their way. */
  series: readonly MetricSeries[] | undefined;
  settings: ChartSettings;
  onRange: (range: Range | undefined) => void;
}

function ChartCard({ title, runs, series, settings, onRange }: CardProps) {
  const { t, format } = useLanguage();
  const [isWide, setWide] = useState(false);
  const drawn = useMemo(() => drawnSeries(runs, series ?? [], settings), [runs, series, settings]);
  const latest = runs.length === 1 ? runs[0]?.metrics?.find((metric) => metric.key === title) : undefined;
  return (
    <section className={isWide ? "card chart-wide" : "card"} aria-label={title}>
      <div className="card-head">
        <h3 className="chart-title" title={title}>
          {title}
        </h3>
        <span className="card-note">
          {latest !== undefined &&
            t("run.latest", { value: format.value(latest.value), step: format.count(latest.step) })}
        </span>
        <button
          type="button"
          className="icon-button"
          aria-pressed={isWide}
          aria-label={t("charts.widen", { key: title })}
          onClick={() => setWide(!isWide)}
        >
          <Icon name="expand" />
        </button>
      </div>
      <div className="card-body">
        {series === undefined && <Skeleton lines={5} />}
        {series !== undefined && drawn.series.length === 0 && (
          <p className="muted chart-empty">{t("run.noFinitePoints")}</p>
        )}
        {drawn.series.length > 0 && (
          <LineChart
            label={chartLabel(title, drawn.series, t, format)}
            series={drawn.series}
            axes={settings.axes}
            range={settings.range}
            onRange={onRange}
            isTall={isWide}
          />
        )}
        <ChartNote
          series={series ?? []}
          notDrawn={drawn.notDrawn}
          isLog={settings.axes.isLogX || settings.axes.isLogY}
        />
      </div>
    </section>
  );
}

interface NoteProps {
  series: readonly MetricSeries[];
  notDrawn: number;
  isLog: boolean;
}

function ChartNote({ series, notDrawn, isLog }: NoteProps) {
  const { t, format } = useLanguage();
  const shown = series.reduce((sum, each) => sum + (each.values?.length ?? 0), 0);
  const all = series.reduce((sum, each) => sum + (each.point_count ?? 0), 0);
  const notes = [
    ...(all > shown ? [t("charts.thinned", { shown: format.count(shown), all: format.count(all) })] : []),
    ...(notDrawn > 0 ? [t(isLog ? "charts.notDrawnLog" : "charts.notDrawn", { count: notDrawn })] : []),
  ];
  return notes.length === 0 ? null : <p className="chart-note">{notes.join(" · ")}</p>;
}

function drawnSeries(runs: readonly ChartedRun[], all: readonly MetricSeries[], settings: ChartSettings) {
  const { xAxis, smoothing, axes } = settings;
  let notDrawn = 0;
  const series = runs.flatMap((run): Series[] => {
    const found = all.find((each) => each.run_id === run.run_id);
    if (found === undefined) return [];
    const { points, notFinite } = chartPoints(found, xAxis, startOf(run));
    const fitting = points.filter(({ x, y }) => (!axes.isLogX || x > 0) && (!axes.isLogY || y > 0));
    notDrawn += notFinite + points.length - fitting.length;
    if (fitting.length === 0) return [];
    const name = run.name ?? run.run_id;
    if (smoothing === 0) return [{ name, color: run.color, points: fitting }];
    return [{ name, color: run.color, points: smooth(fitting, smoothing), measured: fitting }];
  });
  return { series, notDrawn };
}

function chartLabel(
  key: string,
  series: readonly Series[],
  t: ReturnType<typeof useLanguage>["t"],
  format: ReturnType<typeof useLanguage>["format"],
): string {
  const values = series.flatMap((each) => (each.measured ?? each.points).map((point) => point.y));
  const [least, greatest] = values.reduce(
    ([low, high], y) => [Math.min(low, y), Math.max(high, y)],
    [Infinity, -Infinity],
  );
  return t("run.chartLabel", {
    key,
    count: format.count(values.length),
    least: format.value(least),
    greatest: format.value(greatest),
    last: format.value(values.at(-1)),
  });
}
