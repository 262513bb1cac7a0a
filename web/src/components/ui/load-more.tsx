import { useLanguage } from "@/lib/language";
import { Button } from "./button";

/** The end of a list that comes in pages. */
export function LoadMore({
  query,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}) {
  const { t } = useLanguage();
  if (!query.hasNextPage) return null;
  return (
    <div className="load-more">
      <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t("action.loadMore")}
      </Button>
    </div>
  );
}
