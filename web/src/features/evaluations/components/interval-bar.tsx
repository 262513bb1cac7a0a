import type { Interval } from "../metric-report";

interface Props {
  label: string;
  /** Drawn one above the other to one scale. */
  intervals: readonly { interval: Interval; color: number }[];
  /** The ends of the scale; those of the intervals when left out. */
  scale?: readonly [number, number];
  /** A place to stand out, such as no difference. */
  origin?: number;
}

const WIDTH = 120;
const ROW = 9;

/** Figures with their confidence intervals as dots on lines. */
export function IntervalBar({ label, intervals, scale, origin }: Props) {
  const ends = intervals.flatMap(({ interval: { value, low, high } }) => [value, low, high]);
  const known = [...ends, origin].filter((each): each is number => each !== undefined);
  const [low, high] = scale ?? [Math.min(...known), Math.max(...known)];
  if (known.length === 0) return null;
  const place = (x: number) => (high > low ? 4 + ((x - low) / (high - low)) * (WIDTH - 8) : WIDTH / 2);
  const height = intervals.length * ROW + 2;
  return (
    <svg
      className="interval-bar"
      viewBox={`0 0 ${WIDTH} ${height}`}
      width={WIDTH}
      height={height}
      role="img"
      aria-label={label}
    >
      {origin !== undefined && (
        <line className="interval-origin" x1={place(origin)} x2={place(origin)} y1={0} y2={height} />
      )}
      {intervals.map(({ interval, color }, i) => {
        const y = 1 + i * ROW + ROW / 2;
        return (
          <g key={i} style={{ color: `var(--series-${color})` }}>
            {interval.low !== undefined && interval.high !== undefined && (
              <line className="interval-line" x1={place(interval.low)} x2={place(interval.high)} y1={y} y2={y} />
            )}
            {interval.value !== undefined && (
              <circle className="interval-dot" cx={place(interval.value)} cy={y} r={3} />
            )}
          </g>
        );
      })}
    </svg>
  );
}
