import { useMemo } from "react";
import { WindowTable } from "@/components/ui/window-table";
import { useLanguage } from "@/lib/language";
import type { Interval } from "../metric-report";
import type { Head } from "../report";
import { Figure, VerdictBadge } from "./figures";
import { IntervalBar } from "./interval-bar";

const ROW_HEIGHT = 50;

/** The primary metric on parts of the rows: asset types, regimes, sites. */
export function SliceTable({ head, hasChampion }: { head: Head; hasChampion: boolean }) {
  const { t, format } = useLanguage();
  const { slices } = head;
  const scale = useMemo(() => scaleOf(slices.flatMap(({ primary }) => [primary, primary?.champion])), [slices]);
  return (
    <WindowTable
      label={t("evaluation.slices")}
      region={t("evaluation.slicesRegion")}
      rows={slices}
      rowHeight={ROW_HEIGHT}
      head={
        <>
          <th scope="col">{t("evaluation.slice")}</th>
          <th scope="col" className="right">
            {t("datasets.rows")}
          </th>
          <th scope="col" className="right">
            {t("evaluation.assets")}
          </th>
          <th scope="col" className="right">
            {head.primaryMetric}
          </th>
          {hasChampion && (
            <th scope="col" className="right">
              {t("evaluation.champion")}
            </th>
          )}
          <th scope="col">
            <span className="sr-only">{t("evaluation.interval")}</span>
          </th>
          {hasChampion && <th scope="col">{t("evaluation.verdict")}</th>}
          <th scope="col">{t("evaluation.otherMetrics")}</th>
        </>
      }
    >
      {(slice, rowIndex) => (
        <tr key={`${slice.by}\n${slice.value}`} aria-rowindex={rowIndex}>
          <th scope="row" title={slice.value}>
            {slice.value}
            <span className="stacked">{slice.by}</span>
          </th>
          <td className="right">{slice.rows === undefined ? "–" : format.count(slice.rows)}</td>
          <td className="right">{slice.assets === undefined ? "–" : format.count(slice.assets)}</td>
          <td className="right">
            <Figure interval={slice.primary ?? { value: slice.metrics.get(head.primaryMetric) }} />
          </td>
          {hasChampion && (
            <td className="right">
              <Figure interval={slice.primary?.champion} />
            </td>
          )}
          <td>
            {slice.primary !== undefined && (
              <IntervalBar
                label={t("evaluation.intervalOf", { name: slice.value })}
                scale={scale}
                intervals={[
                  { interval: slice.primary, color: 0 },
                  ...(slice.primary.champion === undefined ? [] : [{ interval: slice.primary.champion, color: 1 }]),
                ]}
              />
            )}
          </td>
          {hasChampion && (
            <td>
              <VerdictBadge verdict={slice.primary?.verdict} />
            </td>
          )}
          <td className="muted">
            {[...slice.metrics]
              .filter(([name]) => name !== head.primaryMetric)
              .slice(0, 3)
              .map(([name, value]) => `${name} ${format.value(value)}`)
              .join(" · ")}
          </td>
        </tr>
      )}
    </WindowTable>
  );
}

/** One scale for all, so that slices can be told apart by eye. */
function scaleOf(intervals: readonly (Interval | undefined)[]): [number, number] | undefined {
  const ends = intervals
    .flatMap((interval) => [interval?.value, interval?.low, interval?.high])
    .filter((each): each is number => each !== undefined);
  return ends.length === 0 ? undefined : [Math.min(...ends), Math.max(...ends)];
}
