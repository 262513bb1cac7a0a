import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { SubNav } from "@/components/ui/sub-nav";
import { RunEvaluation } from "@/features/evaluations/components/run-evaluation";
import { readChartSearch, type ChartSearch } from "@/features/runs/chart-settings";
import { ArtifactBrowser } from "@/features/runs/components/artifact-browser";
import { RunCharts } from "@/features/runs/components/run-charts";
import {
  LatestMetrics,
  NestedRuns,
  RunDatasets,
  RunDetails,
  RunModels,
  RunNote,
  RunParams,
  RunTags,
} from "@/features/runs/components/run-facts";
import { RunHeader } from "@/features/runs/components/run-header";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

const tabs = ["evaluation", "charts", "system", "artifacts"] as const;
type Tab = (typeof tabs)[number];

export const runRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/runs/$runId",
  validateSearch: (search): ChartSearch & { tab?: Tab; path?: string; head?: string } => ({
    tab: tabs.find((tab) => tab === search.tab),
    path: optionalText(search.path),
    head: optionalText(search.head),
    ...readChartSearch(search),
  }),
  component: RunPage,
});

const tabTexts: readonly [Tab | undefined, LabelKey][] = [
  [undefined, "run.overview"],
  ["evaluation", "evaluation.title"],
  ["charts", "run.charts"],
  ["system", "run.system"],
  ["artifacts", "run.artifacts"],
];

function RunPage() {
  const { t } = useLanguage();
  const { runId } = runRoute.useParams();
  const { tab, head } = runRoute.useSearch();
  const navigate = runRoute.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const canWrite = hasRole(session, "ROLE_ENGINEER");
  const showHead = (next: string) => void navigate({ search: { tab: "evaluation", head: next }, replace: true });
  return (
    <Boundary key={runId} lines={8} elsewhere={<Link to="/runs">{t("runs.title")}</Link>}>
      <RunHeader
        id={runId}
        canWrite={canWrite}
        canPurge={hasRole(session, "ROLE_ADMIN")}
        onPurged={() => void navigate({ to: "/runs", replace: true })}
      />
      <SubNav label={t("run.parts")}>
        {tabTexts.map(([each, text]) => (
          <Link
            key={text}
            to="/runs/$runId"
            params={{ runId }}
            search={{ tab: each }}
            activeOptions={{ includeSearch: true, explicitUndefined: true }}
          >
            {t(text)}
          </Link>
        ))}
      </SubNav>
      <Boundary key={tab} lines={8}>
        {tab === undefined && <Overview id={runId} canWrite={canWrite} />}
        {(tab === "charts" || tab === "system") && <Charts id={runId} tab={tab} />}
        {tab === "evaluation" && <RunEvaluation id={runId} head={head} onHead={showHead} />}
        {tab === "artifacts" && <Artifacts id={runId} />}
      </Boundary>
    </Boundary>
  );
}

function Overview({ id, canWrite }: { id: string; canWrite: boolean }) {
  const { t } = useLanguage();
  return (
    <div className="columns columns-wide">
      <div className="stack">
        <Card title={t("run.note")}>
          <RunNote id={id} canWrite={canWrite} />
        </Card>
        <Card flush title={t("run.metrics")}>
          <LatestMetrics id={id} />
        </Card>
        <Card title={t("run.params")}>
          <RunParams id={id} />
        </Card>
      </div>
      <div className="stack">
        <Card
          title={t("run.details")}
          actions={
            <Link to="/lineage" search={{ run: id }}>
              {t("lineage.title")}
            </Link>
          }
        >
          <RunDetails id={id} />
        </Card>
        <Card title={t("run.tags")}>
          <RunTags id={id} canWrite={canWrite} />
        </Card>
        <Card title={t("run.datasets")}>
          <Boundary lines={2}>
            <RunDatasets id={id} />
          </Boundary>
        </Card>
        <Card title={t("run.models")}>
          <Boundary lines={2}>
            <RunModels id={id} />
          </Boundary>
        </Card>
        <Boundary lines={2}>
          <NestedRuns id={id} />
        </Boundary>
      </div>
    </div>
  );
}

function Charts({ id, tab }: { id: string; tab: "charts" | "system" }) {
  const search = runRoute.useSearch();
  const navigate = runRoute.useNavigate();
  return (
    <RunCharts
      id={id}
      isSystem={tab === "system"}
      search={search}
      onSearch={(next) => void navigate({ search: { ...next, tab }, replace: true })}
    />
  );
}

function Artifacts({ id }: { id: string }) {
  const { path } = runRoute.useSearch();
  const navigate = runRoute.useNavigate();
  return (
    <ArtifactBrowser
      id={id}
      selected={path}
      onSelect={(next) => void navigate({ search: { tab: "artifacts", path: next }, replace: true })}
    />
  );
}
