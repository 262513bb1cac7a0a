import { queryOptions } from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";

export type Deployment = Schemas["Deployment"];
export type LoadedModel = Schemas["LoadedModel"];
export type ServingStatus = Schemas["ServingStatus"];

export const deploymentsQuery = queryOptions({
  queryKey: ["deployments"] as const,
  queryFn: ({ signal }) =>
    api.get<Schemas["ListDeploymentsResponse"]>("/v1/deployments", { signal, query: { page_size: 200 } }),
  refetchInterval: 5_000,
});

export const servingQuery = queryOptions({
  queryKey: ["serving"] as const,
  queryFn: ({ signal }) => api.get<ServingStatus>("/v1/serving", { signal }),
  refetchInterval: 3_000,
});

/** One model that has, or is getting, a version in Production. */
export interface ProductionModel {
  name: string;
  version: number;
  since: string | undefined;
  /** What serving says of it; absent while serving cannot be asked. */
  loaded: LoadedModel | undefined;
}

export function productionModels(
  deployments: readonly Deployment[],
  serving: ServingStatus | undefined,
): ProductionModel[] {
  return deployments.flatMap((deployment) => {
    const primary = deployment.arms?.find((arm) => arm.role === "ARM_ROLE_PRIMARY");
    if (primary === undefined) return [];
    return {
      name: deployment.name,
      version: primary.version,
      since: deployment.updated_at,
      loaded: serving?.models?.find((model) => model.name === deployment.name),
    };
  });
}
