import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { MetricCharts } from "@/features/runs/components/metric-charts";
import { LatestMetrics, RunArtifacts, RunParams, RunTags } from "@/features/runs/components/run-facts";
import { RunHeader } from "@/features/runs/components/run-header";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const runRoute = createRoute({ getParentRoute: () => signedInRoute, path: "/runs/$runId", component: RunPage });

function RunPage() {
  const { t } = useLanguage();
  const { runId } = runRoute.useParams();
  return (
    <Boundary key={runId} lines={8} elsewhere={<Link to="/runs">{t("runs.title")}</Link>}>
      <RunHeader id={runId} />
      <div className="columns columns-wide">
        <div className="stack">
          <div className="charts">
            <MetricCharts id={runId} />
          </div>
          <Card flush title={t("run.artifacts")}>
            <Boundary>
              <RunArtifacts id={runId} />
            </Boundary>
          </Card>
        </div>
        <div className="stack">
          <Card flush title={t("run.metrics")}>
            <LatestMetrics id={runId} />
          </Card>
          <Card title={t("run.params")}>
            <RunParams id={runId} />
          </Card>
          <Card title={t("run.tags")}>
            <RunTags id={runId} />
          </Card>
        </div>
      </div>
    </Boundary>
  );
}
