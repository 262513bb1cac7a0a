import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { useLanguage } from "@/lib/language";
import { promotionsQuery } from "../api";
import { PromotionEntry } from "./promotion-entry";

interface Props {
  name: string;
  /** Only what concerns this version. */
  version?: number;
  /** Only so many; the whole history is elsewhere. */
  newest?: number;
}

/** Newest first. */
export function PromotionHistory({ name, version, newest }: Props) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(promotionsQuery(name));
  const entries = query.data.pages
    .flatMap((page) => page.promotions ?? [])
    .filter((entry) => version === undefined || entry.version === version || entry.replaced_version === version)
    .slice(0, newest);
  return (
    <>
      {entries.length === 0 && (
        <EmptyState icon="clock" title={t("history.empty")}>
          {t("history.emptyHint")}
        </EmptyState>
      )}
      <ol className="entries">
        {entries.map((entry) => (
          <li key={entry.promotion_id}>
            <PromotionEntry entry={entry} />
          </li>
        ))}
      </ol>
      {newest === undefined && <LoadMore query={query} />}
    </>
  );
}
