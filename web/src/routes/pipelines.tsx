import { createRoute } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { PipelineList } from "@/features/pipelines/components/pipeline-list";
import { PipelineRunTable } from "@/features/pipelines/components/pipeline-run-table";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

export const pipelinesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/pipelines",
  validateSearch: (search): { pipeline?: string } => ({ pipeline: optionalText(search.pipeline) }),
  component: PipelinesPage,
});

function PipelinesPage() {
  const { t } = useLanguage();
  const { pipeline } = pipelinesRoute.useSearch();
  return (
    <>
      <PageHeader title={t("pipelines.title")} subtitle={t("pipelines.subtitle")} />
      <div className="columns columns-list">
        <Card flush title={t("pipelines.title")}>
          <Boundary>
            <PipelineList selected={pipeline} />
          </Boundary>
        </Card>
        <Card flush title={t("pipelineRuns.title")} note={pipeline}>
          <Boundary key={pipeline} lines={6}>
            <PipelineRunTable pipeline={pipeline} />
          </Boundary>
        </Card>
      </div>
    </>
  );
}
