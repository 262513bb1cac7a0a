import { useMemo } from "react";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts, type Fact } from "@/components/ui/facts";
import { PlotChart } from "@/components/ui/plot-chart";
import { WindowTable } from "@/components/ui/window-table";
import { instantUnit } from "@/lib/instant";
import { useLanguage } from "@/lib/language";
import type { AlarmEpisode, Alarms, AlarmWindow, Distribution } from "../alarm-report";
import { spanText, timeText } from "./figures";
import { stepsOf } from "./regression-plots";

const ROW_HEIGHT = 38;

/** Alarms as people meet them: episodes, what they found, and how long before the failure. */
export function AlarmsView({ alarms, champion }: { alarms: Alarms; champion: Alarms | undefined }) {
  const { t, format } = useLanguage();
  const { windowList, episodeList } = alarms;
  // The report lists the first ones; the figures are of all.
  const listedText = (listed: number, all: number) =>
    listed < all ? t("alarms.listed", { listed: format.count(listed), all: format.count(all) }) : format.count(all);
  const isCut = windowList.length < (alarms.windows ?? 0) || episodeList.length < (alarms.episodes ?? 0);
  const unit = instantUnit(Math.max(...[...windowList, ...episodeList].map(({ end }) => end)));
  return (
    <>
      <div className="columns">
        <Card title={t("alarms.title")} note={t("alarms.note")}>
          <Summary alarms={alarms} champion={champion} unit={unit} />
        </Card>
        <Card title={t("alarms.leadTime")} note={t("alarms.leadTimeNote")}>
          <LeadTime windows={alarms.windows} distribution={alarms.leadTime} champion={champion?.leadTime} unit={unit} />
        </Card>
      </div>
      {alarms.windowList.length + alarms.episodeList.length > 0 && (
        <Card flush title={t("alarms.timeline")} note={isCut ? t("alarms.timelineCut") : t("alarms.timelineNote")}>
          <Timeline windows={alarms.windowList} episodes={alarms.episodeList} />
        </Card>
      )}
      {alarms.episodeList.length > 0 && (
        <Card
          flush
          title={t("alarms.episodes")}
          note={listedText(alarms.episodeList.length, alarms.episodes ?? alarms.episodeList.length)}
        >
          <EpisodeTable episodes={alarms.episodeList} />
        </Card>
      )}
    </>
  );
}

interface SummaryProps {
  alarms: Alarms;
  champion: Alarms | undefined;
  /** The milliseconds of a unit of time; undefined for counters. */
  unit: number | undefined;
}

function Summary({ alarms, champion, unit }: SummaryProps) {
  const { t, format } = useLanguage();
  const beside = (text: (each: Alarms) => string) =>
    champion === undefined ? (
      text(alarms)
    ) : (
      <>
        {text(alarms)} <span className="muted">{t("alarms.champion", { value: text(champion) })}</span>
      </>
    );
  const count = (value: number | undefined) => (value === undefined ? "–" : format.count(value));
  const facts: Fact[] = [
    [t("alarms.detected"), beside((each) => `${count(each.detected)} / ${count(each.windows)}`)],
    [t("alarms.falseAlarms"), beside((each) => count(each.falseAlarms))],
    [t("alarms.episodes"), beside((each) => count(each.episodes))],
    [t("alarms.unjudged"), beside((each) => count(each.unjudgedEpisodes))],
    [t("evaluation.precision"), beside((each) => format.percent(each.precision))],
    [t("evaluation.recall"), beside((each) => format.percent(each.recall))],
    [t("alarms.persistence"), count(alarms.persistence)],
    [t("alarms.mergeGap"), spanText(alarms.mergeGap, unit, format)],
  ];
  return <Facts facts={facts} />;
}

interface LeadTimeProps {
  windows: number | undefined;
  distribution: Distribution | undefined;
  champion: Distribution | undefined;
  /** The milliseconds of a unit of time; undefined for counters. */
  unit: number | undefined;
}

function LeadTime({ windows, distribution, champion, unit }: LeadTimeProps) {
  const { t, format } = useLanguage();
  const series = useMemo(() => {
    if (distribution?.histogram === undefined) return [];
    const { edges, counts } = distribution.histogram;
    return [stepsOf({ edges: edges.map((edge) => edge * (unit ?? 1)), counts }, t("alarms.failures"), 0)];
  }, [distribution, unit, t]);
  if (distribution === undefined || distribution.count === 0)
    return <p className="muted">{t(windows === 0 ? "alarms.noFailure" : "alarms.noLeadTime")}</p>;
  const value = (figure: number | undefined) => spanText(figure, unit, format);
  return (
    <div className="column-detail">
      {series.length > 0 && (
        <PlotChart
          label={t("alarms.leadTimeLabel", { median: value(distribution.median) })}
          series={series}
          x={{ name: t("alarms.leadTime"), kind: unit === undefined ? "number" : "duration" }}
          y={{ name: t("alarms.failures"), kind: "count", min: 0 }}
        />
      )}
      <Facts
        facts={[
          [t("dataColumns.median"), value(distribution.median)],
          [t("alarms.spread"), `${value(distribution.q10)} – ${value(distribution.q90)}`],
          [t("alarms.extremes"), `${value(distribution.min)} – ${value(distribution.max)}`],
          ...(champion === undefined ? [] : [[t("alarms.championMedian"), value(champion.median)] as const]),
        ]}
      />
    </div>
  );
}

interface TimelineProps {
  windows: readonly AlarmWindow[];
  episodes: readonly AlarmEpisode[];
}

/** An asset a line: the times in which an alarm is right, and the alarms that came. */
function Timeline({ windows, episodes }: TimelineProps) {
  const { t, format } = useLanguage();
  const { assets, low, high } = useMemo(() => laid(windows, episodes), [windows, episodes]);
  const place = (x: number) => (high > low ? ((x - low) / (high - low)) * 1000 : 0);
  const width = (from: number, to: number) => Math.max(3, place(to) - place(from));
  return (
    <>
      <p className="plot-legend timeline-legend">
        <span>
          <span className="timeline-key timeline-window" />
          {t("alarms.window")}
        </span>
        <span>
          <span className="timeline-key timeline-right" />
          {t("alarms.right")}
        </span>
        <span>
          <span className="timeline-key timeline-false" />
          {t("alarms.false")}
        </span>
        <span>
          <span className="timeline-key timeline-unjudged" />
          {t("alarms.unjudgedShort")}
        </span>
      </p>
      <WindowTable
        label={t("alarms.timeline")}
        rows={assets}
        rowHeight={ROW_HEIGHT}
        className="timeline"
        head={
          <>
            <th scope="col">{t("columnRole.asset")}</th>
            <th scope="col">
              <span className="timeline-ends">
                <span>{timeText(low, format)}</span>
                <span>{timeText(high, format)}</span>
              </span>
            </th>
          </>
        }
      >
        {({ asset, own, alarms }, rowIndex) => (
          <tr key={asset} aria-rowindex={rowIndex}>
            <th scope="row" className="mono">
              {asset === "" ? t("alarms.oneAsset") : asset}
            </th>
            <td className="timeline-cell">
              <svg
                viewBox="0 0 1000 22"
                preserveAspectRatio="none"
                role="img"
                aria-label={t("alarms.timelineLabel", { asset, windows: own.length, episodes: alarms.length })}
              >
                {own.map((window, i) => (
                  <rect
                    key={i}
                    className="timeline-window"
                    x={place(window.start)}
                    width={width(window.start, window.end)}
                    y={1}
                    height={20}
                  />
                ))}
                {alarms.map((episode, i) => (
                  <rect
                    key={i}
                    className={`timeline-${episode.verdict}`}
                    x={place(episode.start)}
                    width={width(episode.start, episode.end)}
                    y={7}
                    height={8}
                  />
                ))}
              </svg>
            </td>
          </tr>
        )}
      </WindowTable>
    </>
  );
}

function laid(windows: readonly AlarmWindow[], episodes: readonly AlarmEpisode[]) {
  const names = [...new Set([...windows, ...episodes].map(({ asset }) => asset))];
  const ends = [...windows, ...episodes].flatMap(({ start, end }) => [start, end]);
  return {
    assets: names.map((asset) => ({
      asset,
      own: windows.filter((window) => window.asset === asset),
      alarms: episodes.filter((episode) => episode.asset === asset),
    })),
    low: Math.min(...ends),
    high: Math.max(...ends),
  };
}

function EpisodeTable({ episodes }: { episodes: readonly AlarmEpisode[] }) {
  const { t, format } = useLanguage();
  return (
    <WindowTable
      label={t("alarms.episodes")}
      rows={episodes}
      rowHeight={ROW_HEIGHT}
      className="timeline"
      head={
        <>
          <th scope="col">{t("columnRole.asset")}</th>
          <th scope="col">{t("evaluation.verdict")}</th>
          <th scope="col" className="right">
            {t("alarms.start")}
          </th>
          <th scope="col" className="right">
            {t("alarms.end")}
          </th>
        </>
      }
    >
      {(episode, rowIndex) => (
        <tr key={rowIndex} aria-rowindex={rowIndex}>
          <th scope="row" className="mono">
            {episode.asset === "" ? t("alarms.oneAsset") : episode.asset}
          </th>
          <td>
            <Badge tone={episode.verdict === "right" ? "good" : episode.verdict === "false" ? "bad" : "neutral"}>
              {t(
                episode.verdict === "right"
                  ? "alarms.right"
                  : episode.verdict === "false"
                    ? "alarms.false"
                    : "alarms.unjudgedShort",
              )}
            </Badge>
          </td>
          <td className="right">{timeText(episode.start, format)}</td>
          <td className="right">{timeText(episode.end, format)}</td>
        </tr>
      )}
    </WindowTable>
  );
}
