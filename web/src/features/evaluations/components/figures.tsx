import { Badge, type Tone } from "@/components/ui/badge";
import type { Format } from "@/lib/format";
import { toInstant } from "@/lib/instant";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import type { Interval, Verdict } from "../metric-report";

const verdictTexts: Record<Verdict, [Tone, LabelKey]> = {
  better: ["good", "verdictOf.better"],
  worse: ["bad", "verdictOf.worse"],
  "not separable": ["neutral", "verdictOf.notSeparable"],
  "not comparable": ["warn", "verdictOf.notComparable"],
};

export function VerdictBadge({ verdict }: { verdict: Verdict | undefined }) {
  const { t } = useLanguage();
  if (verdict === undefined) return null;
  const [tone, text] = verdictTexts[verdict];
  return <Badge tone={tone}>{t(text)}</Badge>;
}

/** A figure and, below it, its confidence interval. */
export function Figure({ interval }: { interval: Interval | undefined }) {
  const { format } = useLanguage();
  if (interval?.value === undefined) return <span className="muted">–</span>;
  return (
    <>
      {format.value(interval.value)}
      {interval.low !== undefined && interval.high !== undefined && (
        <span className="stacked">{rangeText(interval, format)}</span>
      )}
    </>
  );
}

export const rangeText = ({ low, high }: Interval, format: Format): string =>
  `${format.value(low)} – ${format.value(high)}`;

/** An instant as a date, a counter as a number. */
export function timeText(time: number, format: Format): string {
  const instant = toInstant(time);
  return instant === undefined ? format.value(time) : format.dateTime(instant);
}

/** What lies between two times: a duration, or a number between counters; a dash where it is not known. */
export function spanText(span: number | undefined, unit: number | undefined, format: Format): string {
  if (span === undefined) return "–";
  return unit === undefined || span === 0 ? format.value(span) : format.duration(span * unit);
}
