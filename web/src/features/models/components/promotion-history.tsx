import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { useLanguage } from "@/lib/language";
import { promotionsQuery } from "../api";
import { PromotionEntry } from "./promotion-entry";

/** Newest first; of one version when `version` is set. */
export function PromotionHistory({ name, version }: { name: string; version?: number }) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(promotionsQuery(name));
  const entries = query.data.pages
    .flatMap((page) => page.promotions ?? [])
    .filter((entry) => version === undefined || entry.version === version || entry.replaced_version === version);
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
      <LoadMore query={query} />
    </>
  );
}
