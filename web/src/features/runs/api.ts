import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, path, readBeginning } from "@/lib/api";
import type { RunStatus, Schemas } from "@/lib/api-types";

export type Run = Schemas["Run"];
export type Metric = Schemas["Metric"];
export type Artifact = Schemas["Artifact"];
export type Experiment = Schemas["Experiment"];
export type MetricSeries = Schemas["MetricSeries"];
export type LifecycleView = Schemas["LifecycleView"];
export type RunDataset = Schemas["RunDataset"];

export const PARENT = "mlflow.parentRunId";
/** The platform compares and draws no more runs at once. */
export const MAX_COMPARED = 50;

export const isActive = (run: { status?: RunStatus }): boolean =>
  run.status === "RUN_STATUS_RUNNING" || run.status === "RUN_STATUS_SCHEDULED";

export const runKeys = {
  all: ["runs"] as const,
  search: (search: Schemas["SearchRunsRequest"]) => ["runs", "search", search] as const,
  detail: (id: string) => ["runs", id] as const,
  links: (id: string) => ["runs", id, "links"] as const,
  models: (id: string) => ["runs", id, "logged-models"] as const,
  artifacts: (id: string) => ["runs", id, "artifacts"] as const,
  charts: (request: Schemas["GetMetricChartsRequest"]) => ["runs", "charts", request] as const,
};

/** For names beside runs; the tree of experiments asks for itself. */
export const experimentsQuery = queryOptions({
  queryKey: ["experiments", "names"] as const,
  queryFn: ({ signal }) =>
    api.get<Schemas["ListExperimentsResponse"]>("/v1/experiments", {
      signal,
      query: { page_size: 1000, view: "LIFECYCLE_VIEW_ALL" },
    }),
  staleTime: 30_000,
});

const searchRuns = (request: Schemas["SearchRunsRequest"], signal: AbortSignal) =>
  api.post<Schemas["SearchRunsResponse"]>("/v1/runs:search", request, { signal });

const PAGE = 200;
/** Beyond this many loaded pages nothing is asked again unasked. */
const FRESH_PAGES = 2;

/** The runs that a search finds, page by page. */
export const runSearchQuery = (search: Omit<Schemas["SearchRunsRequest"], "page_token" | "page_size">) =>
  infiniteQueryOptions({
    queryKey: runKeys.search(search),
    queryFn: ({ signal, pageParam }) =>
      searchRuns({ ...search, page_size: PAGE, page_token: pageParam === "" ? undefined : pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= FRESH_PAGES,
    refetchOnMount: ({ state }) => (state.data?.pages.length ?? 0) <= FRESH_PAGES,
    refetchInterval: ({ state }) => {
      const pages = state.data?.pages ?? [];
      if (pages.length > FRESH_PAGES) return false;
      return pages.some((page) => page.runs?.some(isActive)) ? 3_000 : 15_000;
    },
  });

const SAMPLE = 60;

/** A few runs with all they logged: what there is to choose columns from. */
export const runSampleQuery = (experiments: readonly string[], view: LifecycleView) => {
  const request = { experiment_ids: [...experiments], view, page_size: SAMPLE };
  return queryOptions({
    queryKey: runKeys.search(request),
    queryFn: ({ signal }) => searchRuns(request, signal),
    staleTime: 60_000,
  });
};

const MANY_NESTED = 1000;
/** The platform's bound on comparisons in a filter, less one. */
const MANY_LOST = 199;

export interface Nesting {
  /** The runs that have others nested in them; "any" when there are too many to say. */
  parents: ReadonlySet<string> | "any";
  /** Parents that are not here, deleted perhaps: what was nested in them stands at the top. */
  lost: readonly string[];
}

/** How runs are nested; nothing when they are to stand flat. */
export const nestingQuery = (experiments: readonly string[], view: LifecycleView) => {
  const scope = { experiment_ids: [...experiments], view, columns: [`tags.${PARENT}`] };
  const request = { ...scope, filter: `tags.\`${PARENT}\` IS NOT NULL`, page_size: MANY_NESTED };
  return queryOptions({
    queryKey: [...runKeys.search(request), "nesting"] as const,
    queryFn: async ({ signal }): Promise<Nesting | null> => {
      const answer = await searchRuns(request, signal);
      if (answer.next_page_token !== undefined) return { parents: "any", lost: [] };
      const named = [...new Set((answer.runs ?? []).flatMap((run) => run.parent_run_id ?? []))];
      if (named.length === 0) return null;
      const filter = `attributes.run_id IN (${named.map((id) => `'${id.replaceAll("'", "")}'`).join(",")})`;
      const found = await searchRuns({ ...scope, filter, page_size: MANY_NESTED }, signal);
      const parents = new Set((found.runs ?? []).map((run) => run.run_id));
      const lost = named.filter((id) => !parents.has(id) && !id.includes("'"));
      return parents.size === 0 || lost.length > MANY_LOST ? null : { parents, lost };
    },
    staleTime: 10_000,
  });
};

export const topLevelFilter = (lost: readonly string[]): string =>
  [`tags.\`${PARENT}\` IS NULL`, ...lost.map((id) => `tags.\`${PARENT}\` = '${id}'`)].join(" OR ");

const MAX_NESTED_SHOWN = 500;

/** The runs nested directly in one. */
export const nestedRunsQuery = (parent: string, search: Omit<Schemas["SearchRunsRequest"], "filter">) => {
  const request = { ...search, filter: `tags.\`${PARENT}\` = '${parent}'`, page_size: MAX_NESTED_SHOWN };
  return queryOptions({
    queryKey: runKeys.search(request),
    queryFn: ({ signal }) => searchRuns(request, signal),
  });
};

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: runKeys.detail(id),
    queryFn: ({ signal }) => api.get<Run>(path`/v1/runs/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isActive(state.data) ? 2_000 : false),
  });

/** Runs to stand beside each other, in the order of their ids; deleted ones too, and those that are not there left out. */
export const comparedRunsQuery = (ids: readonly string[]) => {
  const request = {
    filter: `attributes.run_id IN (${ids.map((id) => `'${id}'`).join(",")})`,
    view: "LIFECYCLE_VIEW_ALL" as const,
    page_size: MAX_COMPARED,
  };
  return queryOptions({
    queryKey: [...runKeys.search(request), "compared"] as const,
    queryFn: async ({ signal }) => {
      const runs = (await searchRuns(request, signal)).runs ?? [];
      return ids.flatMap((id) => runs.filter((run) => run.run_id === id));
    },
    refetchInterval: ({ state }) => (state.data?.some(isActive) === true ? 3_000 : false),
  });
};

/** What a run read and wrote. */
export const runLinksQuery = (id: string) =>
  queryOptions({
    queryKey: runKeys.links(id),
    queryFn: ({ signal }) => api.get<Schemas["RunLinks"]>(path`/v1/runs/${id}/links`, { signal }),
    staleTime: 30_000,
  });

export const datasetVersionQuery = (id: string) =>
  queryOptions({
    queryKey: ["dataset-versions", id] as const,
    queryFn: ({ signal }) => api.get<Schemas["DatasetVersion"]>(path`/v1/dataset-versions/${id}`, { signal }),
    staleTime: Infinity,
  });

export const loggedModelsQuery = (id: string) =>
  queryOptions({
    queryKey: runKeys.models(id),
    queryFn: ({ signal }) =>
      api.get<Schemas["ListLoggedModelsResponse"]>("/v1/logged-models", { signal, query: { source_run_id: id } }),
  });

export const artifactUrl = (id: string, file: string): string =>
  `${path`/v1/runs/${id}/artifacts/`}${file.split("/").map(encodeURIComponent).join("/")}`;

/** One level of a run's artifacts; the empty path is the root. */
export const artifactLevelQuery = (id: string, folder: string) =>
  infiniteQueryOptions({
    queryKey: [...runKeys.artifacts(id), folder] as const,
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["ListArtifactsResponse"]>(path`/v1/runs/${id}/artifacts`, {
        signal,
        query: { path: folder, one_level: "true", page_token: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
  });

/** The beginning of an artifact, at most `limit` bytes of it. */
export const artifactBeginningQuery = (id: string, file: string, limit: number) =>
  queryOptions({
    queryKey: [...runKeys.artifacts(id), "beginning", file, limit] as const,
    queryFn: ({ signal }) => readBeginning(artifactUrl(id, file), limit, signal),
    staleTime: 30_000,
  });

/** Which of these metrics of a run have more than one point. */
export const pointCountsQuery = (id: string, keys: readonly string[]) => {
  const request: Schemas["GetMetricChartsRequest"] = { run_ids: [id], keys: [...keys], max_points: 10 };
  return queryOptions({
    queryKey: [...runKeys.charts(request), "counts"] as const,
    queryFn: async ({ signal }) => {
      const answer = await api.post<Schemas["GetMetricChartsResponse"]>("/v1/metrics:chart", request, { signal });
      return (answer.series ?? []).filter((series) => (series.point_count ?? 0) > 1).map((series) => series.key);
    },
    staleTime: 10_000,
  });
};

/** The runs nested directly in one, newest first. */
export const nestedInQuery = (parent: string) =>
  queryOptions({
    queryKey: ["runs", parent, "nested"] as const,
    queryFn: ({ signal }) =>
      api.get<Schemas["ListRunsResponse"]>("/v1/runs", { signal, query: { parent_run_id: parent, page_size: 100 } }),
  });

/** Metrics of runs, thinned out by the platform; `live` while one of the runs goes on. A run that ends is asked once more. */
export const metricChartsQuery = (request: Schemas["GetMetricChartsRequest"], live: boolean) =>
  queryOptions({
    queryKey: [...runKeys.charts(request), live] as const,
    queryFn: ({ signal }) => api.post<Schemas["GetMetricChartsResponse"]>("/v1/metrics:chart", request, { signal }),
    refetchInterval: live ? 3_000 : false,
    staleTime: live ? 2_000 : 30_000,
  });

function useRunChange<Variables, Answer>(act: (variables: Variables) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => client.invalidateQueries({ queryKey: runKeys.all }),
  });
}

const updateRun = (id: string, change: Omit<Schemas["UpdateRunRequest"], "run_id">) =>
  api.patch<Run>(path`/v1/runs/${id}`, change);

export const useRenameRun = (id: string) => useRunChange((name: string) => updateRun(id, { name }));
export const useSetRunNote = (id: string) => useRunChange((note: string) => updateRun(id, { note }));
export const useSetRunTag = (id: string) =>
  useRunChange((tag: { key: string; value: string }) => api.post(path`/v1/runs/${id}/log`, { tags: [tag] }));
export const useRemoveRunTag = (id: string) =>
  useRunChange((key: string) => api.delete<Run>(path`/v1/runs/${id}/tags/${key}`));
export const useDeleteRuns = (ids: readonly string[]) =>
  useRunChange(() => oneByOne(ids, (id) => api.delete<Run>(path`/v1/runs/${id}`)));
export const useRestoreRuns = (ids: readonly string[]) =>
  useRunChange(() => oneByOne(ids, (id) => api.post<Run>(`${path`/v1/runs/${id}`}:restore`, {})));
export const usePurgeRun = (id: string) =>
  useRunChange(() => api.post<Schemas["PurgeRunResponse"]>(`${path`/v1/runs/${id}`}:purge`, {}));

/** The same again changes nothing, so after a failure the whole can be asked for again. */
async function oneByOne(ids: readonly string[], act: (id: string) => Promise<unknown>): Promise<void> {
  for (const id of ids) await act(id);
}
