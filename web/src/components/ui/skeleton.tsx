import { useLanguage } from "@/lib/language";

export function Skeleton({ lines = 4 }: { lines?: number }) {
  const { t } = useLanguage();
  return (
    <div className="skeleton" role="status" aria-label={t("state.loading")}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} className="skeleton-line" />
      ))}
    </div>
  );
}
