import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute } from "@tanstack/react-router";
import { useDeferredValue } from "react";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { SearchField } from "@/components/ui/search-field";
import { CreateModelButton } from "@/features/models/components/create-model-dialog";
import { ModelTable } from "@/features/models/components/model-table";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

export const modelsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/models",
  validateSearch: (search): { q?: string } => ({ q: optionalText(search.q) }),
  component: ModelsPage,
});

function ModelsPage() {
  const { t } = useLanguage();
  const { q = "" } = modelsRoute.useSearch();
  const navigate = modelsRoute.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  // The table of the last search stays until the next one is there.
  const search = useDeferredValue(q);
  const canEdit = hasRole(session, "ROLE_ENGINEER");
  return (
    <>
      <PageHeader title={t("models.title")} subtitle={t("models.subtitle")}>
        {canEdit && (
          <CreateModelButton onCreated={(name) => void navigate({ to: "/models/$name", params: { name } })} />
        )}
      </PageHeader>
      <Card flush>
        <div className="toolbar">
          <SearchField
            label={t("models.search")}
            initial={q}
            onChange={(text) => void navigate({ search: { q: optionalText(text) }, replace: true })}
          />
        </div>
        <Boundary lines={6}>
          <ModelTable search={search} canEdit={canEdit} />
        </Boundary>
      </Card>
    </>
  );
}
