import type { QueryClient } from "@tanstack/react-query";
import { createRouter, type RouterHistory } from "@tanstack/react-router";
import { ErrorState } from "./components/ui/error-state";
import { Skeleton } from "./components/ui/skeleton";
import { compareRunsRoute } from "./routes/compare-runs";
import { datasetRoute } from "./routes/dataset";
import { datasetVersionRoute } from "./routes/dataset-version";
import { datasetsRoute } from "./routes/datasets";
import { experimentRoute } from "./routes/experiment";
import { experimentsRoute } from "./routes/experiments";
import { compareVersionsRoute } from "./routes/compare-versions";
import { homeRoute } from "./routes/home";
import { lineageRoute } from "./routes/lineage";
import { modelRoute } from "./routes/model";
import { modelVersionRoute } from "./routes/model-version";
import { modelsRoute } from "./routes/models";
import { NotFoundPage } from "./routes/not-found";
import { pipelineRunRoute } from "./routes/pipeline-run";
import { pipelinesRoute } from "./routes/pipelines";
import { rootRoute, signedInRoute } from "./routes/root";
import { runRoute } from "./routes/run";
import { readSearch, writeSearch } from "./routes/search";
import { runsRoute } from "./routes/runs";
import { signInRoute } from "./routes/sign-in";

const routeTree = rootRoute.addChildren([
  signInRoute,
  signedInRoute.addChildren([
    homeRoute,
    experimentsRoute,
    experimentRoute,
    runsRoute,
    compareRunsRoute,
    runRoute,
    modelsRoute,
    modelRoute,
    modelVersionRoute,
    compareVersionsRoute,
    datasetsRoute,
    datasetRoute,
    datasetVersionRoute,
    lineageRoute,
    pipelinesRoute,
    pipelineRunRoute,
  ]),
]);

export function makeRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    history,
    context: { queryClient },
    parseSearch: readSearch,
    stringifySearch: writeSearch,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
    defaultPendingComponent: () => <Skeleton lines={6} />,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
