import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";

export type Pipeline = Schemas["Pipeline"];
export type PipelineRun = Schemas["PipelineRun"];
export type Step = Schemas["Step"];

export const isActive = (run: PipelineRun): boolean => run.state === "STATE_RUNNING" || run.state === "STATE_WAITING";

export const pipelinesQuery = queryOptions({
  queryKey: ["pipelines"] as const,
  queryFn: ({ signal }) =>
    api.get<Schemas["ListPipelinesResponse"]>("/v1/pipelines", { signal, query: { page_size: 200 } }),
});

/** Newest first; lists leave out the steps. */
export const pipelineRunsQuery = (pipeline: string | undefined, pageSize = 25) =>
  infiniteQueryOptions({
    queryKey: ["pipeline-runs", "list", pipeline ?? "all", pageSize] as const,
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["ListPipelineRunsResponse"]>("/v1/pipeline-runs", {
        signal,
        query: { name: pipeline, page_size: pageSize, page_token: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.pipeline_runs?.some(isActive)) === true ? 2_000 : 6_000,
  });

/** With its steps; polled while it is going on. */
export const pipelineRunQuery = (id: string) =>
  queryOptions({
    queryKey: ["pipeline-runs", id] as const,
    queryFn: ({ signal }) => api.get<PipelineRun>(path`/v1/pipeline-runs/${id}`, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isActive(state.data) ? 1_000 : false),
  });
