import { createRoute } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { ModelTable } from "@/features/models/components/model-table";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const modelsRoute = createRoute({ getParentRoute: () => signedInRoute, path: "/models", component: ModelsPage });

function ModelsPage() {
  const { t } = useLanguage();
  return (
    <>
      <PageHeader title={t("models.title")} subtitle={t("models.subtitle")} />
      <Card flush>
        <Boundary lines={6}>
          <ModelTable />
        </Boundary>
      </Card>
    </>
  );
}
