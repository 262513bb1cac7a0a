import { useLanguage } from "@/lib/language";
import { evenBars, totalOf, valueText, type ColumnFacts, type Histogram as Bins } from "../column-facts";

interface Props {
  column: ColumnFacts;
  /** The same column elsewhere: drawn behind, to the same scale and as shares. */
  base?: ColumnFacts;
  /** In the colour of what is compared with. */
  isBase?: boolean;
  isLarge?: boolean;
}

const WIDTH = 100;
const HEIGHT = 30;

/** How the values of a column are spread: small bars without axes, or large ones with a few marks. */
export function Histogram({ column, base, isBase = false, isLarge = false }: Props) {
  const { t, format } = useLanguage();
  const drawn = barsOf(column.histogram, base?.histogram, isLarge ? 60 : 24);
  if (drawn === undefined) return <span className="muted">–</span>;
  const { bars, behind, low, high, names, otherShare } = drawn;
  const text = (value: number) => valueText(column, value, format);
  const most = Math.max(...bars, ...(behind ?? []), Number.MIN_VALUE);
  const label =
    names === undefined
      ? t("histogram.label", { name: column.name, low: text(low), high: text(high) })
      : t("histogram.labelValues", { name: column.name, count: names.length });
  return (
    <figure className={isLarge ? "histogram histogram-large" : "histogram"}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {behind !== undefined && <Bars shares={behind} most={most} className="histogram-behind" />}
        <Bars
          shares={bars}
          most={most}
          className={isBase ? "histogram-behind" : "histogram-bar"}
          titles={
            isLarge
              ? bars.map((share, i) => `${names?.[i] ?? rangeText(i, bars.length)}: ${format.percent(share)}`)
              : []
          }
        />
      </svg>
      {isLarge && names === undefined && (
        <figcaption className="histogram-marks">
          <span>{text(low)}</span>
          <span>{text((low + high) / 2)}</span>
          <span>{text(high)}</span>
        </figcaption>
      )}
      {isLarge && otherShare > 0 && (
        <p className="muted chart-note">{t("histogram.other", { share: format.percent(otherShare) })}</p>
      )}
    </figure>
  );

  function rangeText(place: number, count: number): string {
    const width = (high - low) / count;
    return `${text(low + place * width)} – ${text(low + (place + 1) * width)}`;
  }
}

interface BarsProps {
  shares: readonly number[];
  most: number;
  className: string;
  titles?: readonly string[];
}

function Bars({ shares, most, className, titles = [] }: BarsProps) {
  const width = WIDTH / shares.length;
  // What is there at all stays visible.
  const heightOf = (share: number) => (share > 0 ? Math.max(0.7, (share / most) * HEIGHT) : 0);
  return (
    <g className={className}>
      {shares.map((share, i) => (
        <rect
          key={i}
          x={i * width}
          y={HEIGHT - heightOf(share)}
          width={Math.max(width * 0.88, width - 1)}
          height={heightOf(share)}
        >
          {titles[i] !== undefined && <title>{titles[i]}</title>}
        </rect>
      ))}
    </g>
  );
}

interface Drawn {
  /** Shares of all values. */
  bars: readonly number[];
  behind?: readonly number[];
  low: number;
  high: number;
  /** Of the bars, where each is one value. */
  names?: readonly string[];
  otherShare: number;
}

function barsOf(histogram: Bins | undefined, base: Bins | undefined, count: number): Drawn | undefined {
  if (histogram === undefined) return undefined;
  if (histogram.kind === "values") return valueBars(histogram, base?.kind === "values" ? base : undefined);
  const fitting = base?.kind === "bins" ? base : undefined;
  const ends = [...histogram.edges, ...(fitting?.edges ?? [])];
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const shares = (bins: Extract<Bins, { kind: "bins" }>) => toShares(evenBars(bins, count, low, high));
  return { bars: shares(histogram), behind: fitting && shares(fitting), low, high, otherShare: 0 };
}

type Values = Extract<Bins, { kind: "values" }>;

function valueBars(histogram: Values, base: Values | undefined): Drawn {
  const names = [...new Set([...histogram.values, ...(base?.values ?? [])])];
  const sharesOf = ({ values, counts, other }: Values) => {
    const all = Math.max(1, totalOf(counts) + other);
    return names.map((name) => (counts[values.indexOf(name)] ?? 0) / all);
  };
  const all = Math.max(1, totalOf(histogram.counts) + histogram.other);
  return {
    bars: sharesOf(histogram),
    behind: base && sharesOf(base),
    low: 0,
    high: 0,
    names,
    otherShare: histogram.other / all,
  };
}

const toShares = (counts: readonly number[]): number[] => {
  const all = totalOf(counts);
  return counts.map((count) => (all === 0 ? 0 : count / all));
};
