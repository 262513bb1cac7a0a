import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";

export type Dataset = Schemas["Dataset"];
export type DatasetVersion = Schemas["DatasetVersion"];
export type ColumnDifference = Schemas["ColumnDifference"];

export const datasetKeys = {
  lists: ["datasets"] as const,
  versions: (name: string) => ["datasets", name, "versions"] as const,
  version: (id: string) => ["dataset-versions", id] as const,
  differences: (id: string, base: string | undefined) => ["dataset-versions", id, "differences", base] as const,
  uses: (id: string) => ["dataset-versions", id, "uses"] as const,
};

const PAGE = 100;

export const datasetsQuery = infiniteQueryOptions({
  queryKey: datasetKeys.lists,
  queryFn: ({ signal, pageParam }) =>
    api.get<Schemas["ListDatasetsResponse"]>("/v1/datasets", {
      signal,
      query: { page_size: PAGE, page_token: pageParam },
    }),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_page_token ?? null,
  refetchInterval: 15_000,
});

/** The versions of a dataset, newest first, without statistics. */
export const datasetVersionsQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: datasetKeys.versions(name),
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["ListDatasetVersionsResponse"]>("/v1/dataset-versions", {
        signal,
        query: { name, page_size: PAGE, page_token: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
  });

/** A version never changes. */
export const datasetVersionQuery = (id: string) =>
  queryOptions({
    queryKey: datasetKeys.version(id),
    queryFn: ({ signal }) => api.get<DatasetVersion>(path`/v1/dataset-versions/${id}`, { signal }),
    staleTime: Infinity,
  });

/** What changed since a base version: the one before it when none is named. */
export const differencesQuery = (id: string, base: string | undefined) =>
  queryOptions({
    queryKey: datasetKeys.differences(id, base),
    queryFn: ({ signal }) =>
      api.get<Schemas["CompareDatasetVersionsResponse"]>(path`/v1/dataset-versions/${id}/differences`, {
        signal,
        query: { base_id: base },
      }),
    staleTime: Infinity,
  });

export type Use = "train" | "test";

/** Where the platform's own training and evaluation note what they read. */
const useTags: Record<Use, string> = {
  train: "millwright.dataset_version_id",
  test: "millwright.test_dataset_version_id",
};
const MANY_USES = 200;

/** The newest runs that trained on a version, or were evaluated on it. */
export const usesQuery = (id: string, use: Use) =>
  queryOptions({
    queryKey: [...datasetKeys.uses(id), use] as const,
    queryFn: ({ signal }) =>
      api.post<Schemas["SearchRunsResponse"]>(
        "/v1/runs:search",
        {
          filter: `tags.\`${useTags[use]}\` = '${id.replaceAll("'", "")}'`,
          columns: [`tags.${useTags[use]}`],
          page_size: MANY_USES,
        } satisfies Schemas["SearchRunsRequest"],
        { signal },
      ),
    staleTime: 10_000,
  });
