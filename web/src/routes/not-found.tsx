import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { useLanguage } from "@/lib/language";

export function NotFoundPage() {
  const { t } = useLanguage();
  return (
    <div className="lone">
      <PageHeader title={t("notFound.title")} />
      <EmptyState icon="search" title={t("notFound.text")}>
        <Link to="/">{t("notFound.home")}</Link>
      </EmptyState>
    </div>
  );
}
