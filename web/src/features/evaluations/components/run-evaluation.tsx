import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts, type Fact } from "@/components/ui/facts";
import { Icon } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import { labelOf } from "@/lib/messages";
import { reportQuery } from "../api";
import type { Verdict } from "../metric-report";
import type { Head, Report } from "../report";
import { AlarmsView } from "./alarms-view";
import { ClassPlots, Scores } from "./class-plots";
import { FeatureCard, FeatureCards } from "./feature-table";
import { LooksTable } from "./looks-table";
import { BaselineTable, MetricTable } from "./metric-table";
import { RegressionPlots, Trajectories } from "./regression-plots";
import { SliceTable } from "./slice-table";

interface Props {
  /** The run's id. */
  id: string;
  /** The head to show: the first one when left out. */
  head: string | undefined;
  onHead: (head: string) => void;
}

/** How well what a run trained does, and against what. */
export function RunEvaluation({ id, head: wanted, onHead }: Props) {
  const { t } = useLanguage();
  const { data: report } = useSuspenseQuery(reportQuery(id));
  if (report === null)
    return (
      <>
        <Card title={t("evaluation.title")}>
          <EmptyState icon="runs" title={t("evaluations.empty")}>
            {t("evaluation.emptyHint")}
          </EmptyState>
        </Card>
        <Boundary>
          <FeatureCards run={id} />
        </Boundary>
      </>
    );
  const head = report.heads.find(({ name }) => name === wanted) ?? report.heads[0];
  if (head === undefined) return null;
  return (
    <>
      {report.isSeen && (
        <p className="verdict-line tone-warn" role="note">
          <Icon name="warning" />
          {t("evaluation.isSeen")}
        </p>
      )}
      {report.verdict !== undefined && report.champion !== undefined && (
        <VerdictLine report={report} verdict={report.verdict} />
      )}
      {report.heads.length > 1 && (
        <div className="legend" role="group" aria-label={t("evaluation.heads")}>
          {report.heads.map(({ name }) => (
            <button
              key={name}
              type="button"
              className="head-button"
              aria-pressed={name === head.name}
              onClick={() => onHead(name)}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      <HeadEvaluation key={head.name} run={id} report={report} head={head} />
      <Card flush title={t("looks.title")} note={t("looks.note")}>
        <Boundary>
          <LooksTable of={{ run_id: id }} />
        </Boundary>
      </Card>
    </>
  );
}

const verdictTones: Record<Verdict, string> = {
  better: "good",
  worse: "bad",
  "not separable": "neutral",
  "not comparable": "warn",
};

function VerdictLine({ report, verdict }: { report: Report; verdict: Verdict }) {
  const { t } = useLanguage();
  const champion = t("version.title", { name: report.champion?.model ?? "", version: report.champion?.version ?? 0 });
  const metric = report.heads[0]?.primaryMetric ?? "";
  const text =
    verdict === "better"
      ? t("evaluation.isBetter", { champion, metric })
      : verdict === "worse"
        ? t("evaluation.isWorse", { champion, metric })
        : verdict === "not separable"
          ? t("evaluation.isNotSeparable", { champion, metric })
          : t("evaluation.isNotComparable", { champion });
  return (
    <div className={`verdict-line tone-${verdictTones[verdict]}`}>
      <Icon name={verdict === "better" ? "check" : verdict === "worse" ? "cross" : "compare"} />
      <span>
        {text}
        {report.champion?.error !== undefined && <span className="verdict-detail">{report.champion.error}</span>}
      </span>
    </div>
  );
}

function HeadEvaluation({ run, report, head }: { run: string; report: Report; head: Head }) {
  const { t, format } = useLanguage();
  const hasChampion = [...head.metrics.values()].some((metric) => metric.champion !== undefined);
  return (
    <>
      {/* Two models side by side need the whole width. */}
      <div className={hasChampion ? "stack" : "columns columns-wide"}>
        <Card flush title={t("evaluation.metrics")} note={<Confidence report={report} head={head} />}>
          {head.metrics.size === 0 ? (
            <EmptyState icon="runs" title={t("evaluation.noTruth")}>
              {t("evaluation.noTruthHint")}
            </EmptyState>
          ) : (
            <MetricTable head={head} hasChampion={hasChampion} />
          )}
        </Card>
        <Card title={t("evaluation.about")}>
          <div className={hasChampion ? "facts-columns" : undefined}>
            <About report={report} head={head} />
          </div>
        </Card>
      </div>
      {head.scores !== undefined && head.scores.count > 0 && (
        <Card title={t("evaluation.scores")} note={t("evaluation.sampled", { count: format.count(head.scores.count) })}>
          <Scores scores={head.scores} threshold={head.threshold} />
        </Card>
      )}
      {head.baselines.length > 0 && (
        <Card flush title={t("evaluation.baselines")} note={t("evaluation.baselinesNote")}>
          <BaselineTable head={head} />
        </Card>
      )}
      {head.slices.length > 0 && (
        <Card flush title={t("evaluation.slices")} note={t("evaluation.slicesNote")}>
          <SliceTable head={head} hasChampion={head.slices.some(({ primary }) => primary?.champion !== undefined)} />
        </Card>
      )}
      <div className="columns columns-plots">
        {head.task === "regression" ? <RegressionPlots head={head} /> : <ClassPlots head={head} />}
      </div>
      {head.alarms !== undefined && <AlarmsView alarms={head.alarms} champion={head.championAlarms} />}
      {head.trajectories.length > 0 && <Trajectories trajectories={head.trajectories} />}
      <Boundary>
        <FeatureCard run={run} head={head.name} importance={head.importance} />
      </Boundary>
    </>
  );
}

function Confidence({ report, head }: { report: Report; head: Head }) {
  const { t, format } = useLanguage();
  if (report.confidence === undefined || report.resamples === undefined || head.units === undefined) return null;
  return t("evaluation.confidence", {
    confidence: format.percent(report.confidence),
    resamples: format.count(report.resamples),
    unit: labelOf(t, "resampling", head.resampledBy ?? ""),
    units: format.count(head.units),
  });
}

function About({ report, head }: { report: Report; head: Head }) {
  const { t, format } = useLanguage();
  const count = (value: number | undefined) => (value === undefined ? "–" : format.count(value));
  const facts: Fact[] = [
    [
      t("lineage.dataset"),
      report.datasetVersionId === undefined ? (
        "–"
      ) : (
        <Link
          to="/datasets/versions/$datasetVersionId"
          params={{ datasetVersionId: report.datasetVersionId }}
          search={{ part: "uses" }}
        >
          {report.dataset === undefined
            ? t("evaluations.dataset", { id: report.datasetVersionId })
            : t("version.title", { name: report.dataset, version: report.datasetVersion ?? 0 })}
        </Link>
      ),
    ],
    [t("evaluation.split"), labelOf(t, "splitOf", report.split)],
    ...(report.lookNumber === undefined
      ? []
      : [[t("looks.number"), t("looks.numberText", { number: report.lookNumber })] as const]),
    [t("evaluation.task"), labelOf(t, "task", head.task)],
    [t("evaluation.knownRows"), count(head.rows ?? report.rows)],
    [t("evaluation.assets"), count(head.assets ?? report.assets)],
    ...(head.positives === undefined ? [] : [[t("evaluation.positives"), count(head.positives)] as const]),
    ...(head.commonRows === undefined ? [] : [[t("evaluation.commonRows"), count(head.commonRows)] as const]),
    ...(head.threshold === undefined ? [] : [[t("evaluation.thresholdAxis"), format.value(head.threshold)] as const]),
    ...(report.champion === undefined
      ? []
      : [
          [
            t("evaluation.champion"),
            report.champion.version === undefined ? (
              report.champion.model
            ) : (
              <Link
                to="/models/$name/versions/$version"
                params={{ name: report.champion.model, version: String(report.champion.version) }}
              >
                {t("version.title", { name: report.champion.model, version: report.champion.version })}
              </Link>
            ),
          ] as const,
        ]),
  ];
  return <Facts facts={facts} />;
}
