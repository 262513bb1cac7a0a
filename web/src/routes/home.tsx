import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { PipelineRunTable } from "@/features/pipelines/components/pipeline-run-table";
import { InferenceAddress } from "@/features/serving/components/inference-address";
import { ProductionTable } from "@/features/serving/components/production-table";
import { ServiceTable } from "@/features/system/components/service-table";
import { SystemBadge, SystemVersion } from "@/features/system/components/system-badge";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const homeRoute = createRoute({ getParentRoute: () => signedInRoute, path: "/", component: HomePage });

function HomePage() {
  const { t } = useLanguage();
  return (
    <>
      <PageHeader title={t("home.title")} badge={<SystemBadge />} subtitle={<SystemVersion />} />
      <div className="columns columns-wide">
        <div className="stack">
          <Card flush title={t("production.title")} actions={<Link to="/models">{t("home.allModels")}</Link>}>
            <Boundary>
              <ProductionTable />
            </Boundary>
            <InferenceAddress />
          </Card>
          <Card flush title={t("pipelineRuns.recent")} actions={<Link to="/pipelines">{t("home.allRuns")}</Link>}>
            <Boundary>
              <PipelineRunTable newest={5} />
            </Boundary>
          </Card>
        </div>
        <Card flush title={t("services.title")} note={t("services.live")}>
          <Boundary lines={9}>
            <ServiceTable />
          </Boundary>
        </Card>
      </div>
    </>
  );
}
