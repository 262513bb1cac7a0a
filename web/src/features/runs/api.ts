import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";

export type Run = Schemas["Run"];
export type Metric = Schemas["Metric"];
export type Artifact = Schemas["Artifact"];
export type Experiment = Schemas["Experiment"];

export const isActive = (run: Run): boolean =>
  run.status === "RUN_STATUS_RUNNING" || run.status === "RUN_STATUS_SCHEDULED";

export const experimentsQuery = queryOptions({
  queryKey: ["experiments"] as const,
  queryFn: ({ signal }) =>
    api.get<Schemas["ListExperimentsResponse"]>("/v1/experiments", { signal, query: { page_size: 200 } }),
});

export const runKeys = {
  list: (experiment: string | undefined) => ["runs", "list", experiment ?? "all"] as const,
  detail: (id: string) => ["runs", id] as const,
  history: (id: string, key: string) => ["runs", id, "metrics", key] as const,
  artifacts: (id: string) => ["runs", id, "artifacts"] as const,
};

export const runsQuery = (experiment: string | undefined) =>
  infiniteQueryOptions({
    queryKey: runKeys.list(experiment),
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["ListRunsResponse"]>("/v1/runs", {
        signal,
        query: { experiment_id: experiment, page_size: 50, page_token: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.runs?.some(isActive)) === true ? 3_000 : 15_000,
  });

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: runKeys.detail(id),
    queryFn: ({ signal }) => api.get<Run>(path`/v1/runs/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isActive(state.data) ? 2_000 : false),
  });

const HISTORY_PAGE = 25_000;
const MAX_HISTORY_PAGES = 4;

/** The points of one metric, at most 100,000: more than a screen has pixels for. */
export const metricHistoryQuery = (id: string, key: string, live: boolean) =>
  queryOptions({
    queryKey: runKeys.history(id, key),
    queryFn: async ({ signal }) => {
      const points: Metric[] = [];
      let token: string | undefined;
      for (let page = 0; page < MAX_HISTORY_PAGES; ++page) {
        const answer = await api.get<Schemas["GetMetricHistoryResponse"]>(path`/v1/runs/${id}/metrics`, {
          signal,
          query: { key, page_size: HISTORY_PAGE, page_token: token },
        });
        points.push(...(answer.metrics ?? []));
        token = answer.next_page_token;
        if (token === undefined) break;
      }
      return points;
    },
    refetchInterval: live ? 4_000 : false,
  });

export const artifactsQuery = (id: string) =>
  queryOptions({
    queryKey: runKeys.artifacts(id),
    queryFn: ({ signal }) => api.get<Schemas["ListArtifactsResponse"]>(path`/v1/runs/${id}/artifacts`, { signal }),
  });
