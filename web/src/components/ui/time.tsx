import { useLanguage } from "@/lib/language";
import { useNow } from "@/lib/now";

/** How long ago; the exact local time on hover. */
export function TimeAgo({ at }: { at: string | undefined }) {
  const { format } = useLanguage();
  const now = useNow();
  if (at === undefined) return <span className="muted">–</span>;
  return (
    <time dateTime={at} title={format.dateTime(at)}>
      {format.ago(at, now)}
    </time>
  );
}

/** From one instant to another, or until now while there is no end. */
export function Duration({ from, to }: { from: string | undefined; to?: string }) {
  const { format } = useLanguage();
  const now = useNow();
  if (from === undefined) return <span className="muted">–</span>;
  const end = to === undefined ? now : new Date(to).getTime();
  return <span className="number">{format.duration(end - new Date(from).getTime())}</span>;
}
