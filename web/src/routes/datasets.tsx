import { createRoute } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { SearchField } from "@/components/ui/search-field";
import { DatasetTable } from "@/features/datasets/components/dataset-table";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

export const datasetsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/datasets",
  validateSearch: (search): { q?: string } => ({ q: optionalText(search.q) }),
  component: DatasetsPage,
});

function DatasetsPage() {
  const { t } = useLanguage();
  const { q = "" } = datasetsRoute.useSearch();
  const navigate = datasetsRoute.useNavigate();
  return (
    <>
      <PageHeader title={t("datasets.title")} subtitle={t("datasets.subtitle")} />
      <Card flush>
        <div className="toolbar">
          <SearchField
            label={t("datasets.find")}
            initial={q}
            onChange={(text) => void navigate({ search: { q: optionalText(text) }, replace: true })}
          />
        </div>
        <Boundary lines={6}>
          <DatasetTable find={q} />
        </Boundary>
      </Card>
    </>
  );
}
