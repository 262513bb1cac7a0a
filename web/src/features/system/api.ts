import { queryOptions } from "@tanstack/react-query";
import { api } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";

export type ServiceStatus = Schemas["ServiceStatus"];
export type SystemStatus = Schemas["SystemStatus"];

export const systemQuery = queryOptions({
  queryKey: ["system"] as const,
  queryFn: ({ signal }) => api.get<SystemStatus>("/v1/system", { signal }),
  refetchInterval: 2_000,
  staleTime: 1_000,
});
