/** `value` from 0 to 1; without it, something goes on and nobody knows how long. */
export function ProgressBar({ value, label }: { value?: number; label: string }) {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <span
        className={percent === undefined ? "progress-fill progress-unknown" : "progress-fill"}
        style={percent === undefined ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
