import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PipelineRunFacts, PipelineRunHeader, PipelineSteps } from "@/features/pipelines/components/pipeline-run-view";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const pipelineRunRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/pipelines/runs/$pipelineRunId",
  component: PipelineRunPage,
});

function PipelineRunPage() {
  const { t } = useLanguage();
  const { pipelineRunId: id } = pipelineRunRoute.useParams();
  return (
    <Boundary key={id} lines={8} elsewhere={<Link to="/pipelines">{t("pipelines.title")}</Link>}>
      <PipelineRunHeader id={id} />
      <div className="columns columns-wide">
        <Card title={t("pipelineRuns.steps")}>
          <PipelineSteps id={id} />
        </Card>
        <div className="stack">
          <PipelineRunFacts id={id} />
        </div>
      </div>
    </Boundary>
  );
}
