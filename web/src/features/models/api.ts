import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas, Stage } from "@/lib/api-types";

export type RegisteredModel = Schemas["RegisteredModel"];
export type ModelVersion = Schemas["ModelVersion"];
export type Evaluation = Schemas["Evaluation"];
export type GateFinding = Schemas["GateFinding"];
export type GateDecision = Schemas["GateDecision"];
export type Promotion = Schemas["Promotion"];
export type VersionHealth = Schemas["VersionHealth"];
export type PromotableStage = Exclude<Stage, "STAGE_UNSPECIFIED">;

export const modelKeys = {
  list: ["models"] as const,
  detail: (name: string) => ["models", name] as const,
  versions: (name: string) => ["models", name, "versions"] as const,
  version: (name: string, version: number) => ["models", name, "versions", version] as const,
  evaluations: (name: string, version: number) => ["models", name, "versions", version, "evaluations"] as const,
  gate: (name: string, version: number, stage: Stage) => ["models", name, "versions", version, "gates", stage] as const,
  promotions: (name: string) => ["models", name, "promotions"] as const,
  health: (name: string) => ["models", name, "health"] as const,
};

export const modelsQuery = infiniteQueryOptions({
  queryKey: modelKeys.list,
  queryFn: ({ signal, pageParam }) =>
    api.get<Schemas["ListRegisteredModelsResponse"]>("/v1/models", {
      signal,
      query: { page_size: 100, page_token: pageParam },
    }),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_page_token ?? null,
});

export const modelQuery = (name: string) =>
  queryOptions({
    queryKey: modelKeys.detail(name),
    queryFn: ({ signal }) => api.get<RegisteredModel>(path`/v1/models/${name}`, { signal }),
    refetchInterval: 5_000,
  });

export const versionsQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: modelKeys.versions(name),
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["ListModelVersionsResponse"]>(path`/v1/models/${name}/versions`, {
        signal,
        query: { page_size: 50, page_token: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
    refetchInterval: 5_000,
  });

export const versionQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: modelKeys.version(name, version),
    queryFn: ({ signal }) => api.get<ModelVersion>(path`/v1/models/${name}/versions/${version}`, { signal }),
    refetchInterval: 5_000,
  });

export const evaluationsQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: modelKeys.evaluations(name, version),
    queryFn: ({ signal }) =>
      api.get<Schemas["ListEvaluationsResponse"]>(path`/v1/models/${name}/versions/${version}/evaluations`, { signal }),
  });

/** What the gate would say now: asked anew each time it is shown. */
export const gateQuery = (name: string, version: number, stage: Stage) =>
  queryOptions({
    queryKey: modelKeys.gate(name, version, stage),
    queryFn: ({ signal }) =>
      api.get<GateDecision>(path`/v1/models/${name}/versions/${version}/gates/${stage}`, { signal }),
    staleTime: 0,
  });

export const promotionsQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: modelKeys.promotions(name),
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["ListPromotionsResponse"]>(path`/v1/models/${name}/promotions`, {
        signal,
        query: { page_size: 50, page_token: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
    refetchInterval: 5_000,
  });

export const healthQuery = (name: string) =>
  queryOptions({
    queryKey: modelKeys.health(name),
    queryFn: ({ signal }) => api.get<Schemas["ModelHealth"]>(path`/v1/models/${name}/health`, { signal }),
    refetchInterval: 3_000,
  });

/** Both change stages, history, gates and health at once. A refusal too leaves an entry in the history. */
function useRelease<Variables>(name: string, release: (variables: Variables) => Promise<Promotion>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: release,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: modelKeys.list }),
        client.invalidateQueries({ queryKey: ["deployments"] }),
        client.invalidateQueries({ queryKey: modelKeys.detail(name) }),
      ]),
  });
}

export const usePromote = (name: string, version: number) =>
  useRelease(name, (request: Schemas["PromoteModelVersionRequest"]) =>
    api.post<Promotion>(`${path`/v1/models/${name}/versions/${version}`}:promote`, request),
  );

export const useRollback = (name: string) =>
  useRelease(name, (request: Schemas["RollbackModelRequest"]) =>
    api.post<Promotion>(`${path`/v1/models/${name}`}:rollback`, request),
  );
