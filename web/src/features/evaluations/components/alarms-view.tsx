import { useMemo } from "react";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts, type Fact } from "@/components/ui/facts";
import { PlotChart } from "@/components/ui/plot-chart";
import { WindowTable } from "@/components/ui/window-table";
import { useLanguage } from "@/lib/language";
import type { AlarmEpisode, Alarms, AlarmWindow, Distribution } from "../alarm-report";
import { timeText } from "./figures";
import { stepsOf } from "./regression-plots";

const ROW_HEIGHT = 38;

/** Alarms as people meet them: episodes, what they found, and how long before the failure. */
export function AlarmsView({ alarms, champion }: { alarms: Alarms; champion: Alarms | undefined }) {
  const { t } = useLanguage();
  return (
    <>
      <div className="columns">
        <Card title={t("alarms.title")} note={t("alarms.note")}>
          <Summary alarms={alarms} champion={champion} />
        </Card>
        <Card title={t("alarms.leadTime")} note={t("alarms.leadTimeNote")}>
          <LeadTime distribution={alarms.leadTime} champion={champion?.leadTime} />
        </Card>
      </div>
      {alarms.windowList.length + alarms.episodeList.length > 0 && (
        <Card flush title={t("alarms.timeline")} note={t("alarms.timelineNote")}>
          <Timeline windows={alarms.windowList} episodes={alarms.episodeList} />
        </Card>
      )}
      {alarms.episodeList.length > 0 && (
        <Card flush title={t("alarms.episodes")} note={alarms.episodeList.length}>
          <EpisodeTable episodes={alarms.episodeList} />
        </Card>
      )}
    </>
  );
}

function Summary({ alarms, champion }: { alarms: Alarms; champion: Alarms | undefined }) {
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
    [t("alarms.mergeGap"), alarms.mergeGap === undefined ? "–" : format.value(alarms.mergeGap)],
  ];
  return <Facts facts={facts} />;
}

interface LeadTimeProps {
  distribution: Distribution | undefined;
  champion: Distribution | undefined;
}

function LeadTime({ distribution, champion }: LeadTimeProps) {
  const { t, format } = useLanguage();
  const series = useMemo(
    () => (distribution?.histogram === undefined ? [] : [stepsOf(distribution.histogram, t("alarms.failures"), 0)]),
    [distribution, t],
  );
  if (distribution === undefined || distribution.count === 0) return <p className="muted">{t("alarms.noLeadTime")}</p>;
  const value = (figure: number | undefined) => (figure === undefined ? "–" : format.value(figure));
  return (
    <div className="column-detail">
      {series.length > 0 && (
        <PlotChart
          label={t("alarms.leadTimeLabel", { median: value(distribution.median) })}
          series={series}
          x={{ name: t("alarms.leadTime") }}
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
