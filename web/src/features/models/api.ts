import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas, Stage } from "@/lib/api-types";
import { nameFilter } from "./name-filter";

export type RegisteredModel = Schemas["RegisteredModel"];
export type ModelVersion = Schemas["ModelVersion"];
export type Evaluation = Schemas["Evaluation"];
export type Gate = Schemas["Gate"];
export type GateRule = Schemas["GateRule"];
export type GateFinding = Schemas["GateFinding"];
export type GateDecision = Schemas["GateDecision"];
export type Approval = Schemas["Approval"];
export type Check = Schemas["Check"];
export type Promotion = Schemas["Promotion"];
export type VersionHealth = Schemas["VersionHealth"];
export type LineageChain = Schemas["LineageChain"];
export type LineagePoint = Partial<
  Record<"dataset_version_id" | "run_id" | "logged_model_id" | "name" | "version" | "deployment", string>
>;
export type Difference = Schemas["Difference"];
export type PromotableStage = Exclude<Stage, "STAGE_UNSPECIFIED">;

export const modelKeys = {
  all: ["models"] as const,
  lists: ["models", "list"] as const,
  list: (search: string) => ["models", "list", search] as const,
  detail: (name: string) => ["models", "of", name] as const,
  versions: (name: string) => ["models", "of", name, "versions"] as const,
  version: (name: string, version: number) => ["models", "of", name, "versions", version] as const,
  evaluations: (name: string, version: number) => ["models", "of", name, "versions", version, "evaluations"] as const,
  approvals: (name: string, version: number) => ["models", "of", name, "versions", version, "approvals"] as const,
  checks: (name: string, version: number) => ["models", "of", name, "versions", version, "checks"] as const,
  card: (name: string, version: number) => ["models", "of", name, "versions", version, "card"] as const,
  gate: (name: string, version: number, stage: Stage) =>
    ["models", "of", name, "versions", version, "gates", stage] as const,
  gates: (name: string) => ["models", "of", name, "gates"] as const,
  promotions: (name: string) => ["models", "of", name, "promotions"] as const,
  health: (name: string) => ["models", "of", name, "health"] as const,
  lineage: (point: LineagePoint) => ["models", "lineage", point] as const,
  comparison: (left: VersionName, right: VersionName) => ["models", "comparison", left, right] as const,
};

export interface VersionName {
  name: string;
  version: number;
}

/** Models whose name has `search` in it, in any case; all when it is empty. */
export const modelsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: modelKeys.list(search),
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["SearchRegisteredModelsResponse"]>("/v1/models:search", {
        signal,
        query: { filter: nameFilter(search), page_size: 100, page_token: pageParam },
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

export const gatesQuery = (name: string) =>
  queryOptions({
    queryKey: modelKeys.gates(name),
    queryFn: ({ signal }) => api.get<Schemas["ListGatesResponse"]>(path`/v1/models/${name}/gates`, { signal }),
  });

/** What the gate would say now: asked anew each time it is shown. */
export const gateQuery = (name: string, version: number, stage: Stage) =>
  queryOptions({
    queryKey: modelKeys.gate(name, version, stage),
    queryFn: ({ signal }) =>
      api.get<GateDecision>(path`/v1/models/${name}/versions/${version}/gates/${stage}`, { signal }),
    staleTime: 0,
  });

export const approvalsQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: modelKeys.approvals(name, version),
    queryFn: ({ signal }) =>
      api.get<Schemas["ListApprovalsResponse"]>(path`/v1/models/${name}/versions/${version}/approvals`, { signal }),
    refetchInterval: 10_000,
  });

export const checksQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: modelKeys.checks(name, version),
    queryFn: ({ signal }) =>
      api.get<Schemas["ListChecksResponse"]>(path`/v1/models/${name}/versions/${version}/checks`, { signal }),
    refetchInterval: 10_000,
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

export const cardQuery = (name: string, version: number) =>
  queryOptions({
    queryKey: modelKeys.card(name, version),
    queryFn: ({ signal }) =>
      api.get<Schemas["ModelCard"]>(path`/v1/models/${name}/versions/${version}/card`, { signal }),
  });

/** Every way from data to what serves that goes through one point. */
export const lineageQuery = (point: LineagePoint) =>
  queryOptions({
    queryKey: modelKeys.lineage(point),
    queryFn: ({ signal }) => api.get<Schemas["Lineage"]>("/v1/lineage", { signal, query: point }),
  });

/** With what is the same too: the page hides it, so that showing it takes no time. */
export const comparisonQuery = (left: VersionName, right: VersionName) =>
  queryOptions({
    queryKey: modelKeys.comparison(left, right),
    queryFn: ({ signal }) =>
      api.get<Schemas["ModelComparison"]>(`${path`/v1/models/${left.name}/versions/${left.version}`}:compare`, {
        signal,
        query: { other_name: right.name, other_version: right.version, with_equal: "true" },
      }),
  });
