import { Table } from "@/components/ui/table";
import { useLanguage } from "@/lib/language";
import type { Interval } from "../metric-report";
import type { Head } from "../report";
import { Figure, rangeText, VerdictBadge } from "./figures";
import { IntervalBar } from "./interval-bar";

/** The metric that is good when it is neither above nor below zero. */
const SIGNED = "bias";

/** Every metric of a head with its interval, beside the champion's, and what tells the two apart. */
export function MetricTable({ head, hasChampion }: { head: Head; hasChampion: boolean }) {
  const { t, format } = useLanguage();
  const metrics = [...head.metrics].sort(
    ([a], [b]) => Number(b === head.primaryMetric) - Number(a === head.primaryMetric),
  );
  return (
    <Table label={t("evaluation.metrics")}>
      <thead>
        <tr>
          <th scope="col">{t("gate.metric")}</th>
          <th scope="col" className="right">
            {t(hasChampion ? "evaluation.challenger" : "evaluation.value")}
          </th>
          {hasChampion && (
            <th scope="col" className="right">
              {t("evaluation.champion")}
            </th>
          )}
          <th scope="col">
            <span className="sr-only">{t("evaluation.interval")}</span>
          </th>
          {hasChampion && (
            <>
              <th scope="col" className="right">
                {t("evaluation.difference")}
              </th>
              <th scope="col">
                <span className="sr-only">{t("evaluation.differenceInterval")}</span>
              </th>
              <th scope="col">{t("evaluation.verdict")}</th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {metrics.map(([name, metric]) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
              <span className="stacked">
                {[
                  ...(name === head.primaryMetric ? [t("evaluation.primary")] : []),
                  t(
                    name === SIGNED
                      ? "evaluation.zeroBetter"
                      : metric.isLowerBetter
                        ? "evaluation.lowerBetter"
                        : "evaluation.higherBetter",
                  ),
                ].join(" · ")}
              </span>
            </th>
            <td className="right">
              <Figure interval={metric} />
            </td>
            {hasChampion && (
              <td className="right">
                <Figure interval={metric.champion} />
              </td>
            )}
            <td>
              <IntervalBar
                label={t("evaluation.intervalOf", { name })}
                scale={metric.champion === undefined ? ofShares(metric) : undefined}
                intervals={[
                  { interval: metric, color: 0 },
                  ...(metric.champion === undefined ? [] : [{ interval: metric.champion, color: 1 }]),
                ]}
              />
            </td>
            {hasChampion && (
              <>
                <td className="right">
                  <Figure interval={metric.difference} />
                </td>
                <td>
                  {metric.difference?.value !== undefined && (
                    <IntervalBar
                      label={t("evaluation.differenceOf", { name, range: rangeText(metric.difference, format) })}
                      intervals={[{ interval: metric.difference, color: 2 }]}
                      origin={0}
                    />
                  )}
                </td>
                <td>
                  <VerdictBadge verdict={metric.verdict} />
                </td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** From nothing to all, where that may be the metric's own scale. */
function ofShares({ value = 0, low = value, high = value }: Interval): [number, number] | undefined {
  return low >= 0 && high <= 1 ? [0, 1] : undefined;
}

/** What needs no learning, on the same rows: the model ought to beat it. */
export function BaselineTable({ head }: { head: Head }) {
  const { t, format } = useLanguage();
  const names = [...new Set(head.baselines.flatMap(({ metrics }) => [...metrics.keys()]))].sort(
    (a, b) => Number(b === head.primaryMetric) - Number(a === head.primaryMetric),
  );
  return (
    <Table label={t("evaluation.baselines")}>
      <thead>
        <tr>
          <th scope="col">{t("evaluation.baseline")}</th>
          {names.map((name) => (
            <th key={name} scope="col" className="right">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t("evaluation.thisModel")}</th>
          {names.map((name) => (
            <td key={name} className="right">
              <strong>
                {head.metrics.get(name)?.value === undefined ? "–" : format.value(head.metrics.get(name)?.value)}
              </strong>
            </td>
          ))}
        </tr>
        {head.baselines.map((baseline) => (
          <tr key={baseline.name}>
            <th scope="row">{baseline.name}</th>
            {names.map((name) => (
              <BaselineCell key={name} head={head} name={name} value={baseline.metrics.get(name)} />
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function BaselineCell({ head, name, value }: { head: Head; name: string; value: number | undefined }) {
  const { t, format } = useLanguage();
  const own = head.metrics.get(name);
  if (value === undefined) return <td className="right muted">–</td>;
  const isBeaten =
    own?.value === undefined ||
    // A mean is without bias by its making, and no better for it.
    name === SIGNED ||
    (own.isLowerBetter ? own.value < value : own.value > value);
  return (
    <td className="right">
      {format.value(value)}
      {!isBeaten && <span className="stacked bad-text">{t("evaluation.notBeaten")}</span>}
    </td>
  );
}
