import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ApiError, path } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";
import { readFeatures, type FeatureReport } from "./feature-report";
import { readReport, type Report } from "./report";

export type Look = Schemas["TestLook"];

/** Of one dataset version, of one run, or of both. */
export interface LooksOf {
  dataset_version_id?: string;
  run_id?: string;
}

export const evaluationKeys = {
  report: (run: string) => ["evaluations", run, "report"] as const,
  features: (run: string) => ["evaluations", run, "features"] as const,
  looks: (of: LooksOf) => ["evaluations", "looks", of] as const,
};

/** A JSON artifact of a run; nothing when the run has none there. */
async function artifact(run: string, file: string, signal: AbortSignal): Promise<unknown> {
  try {
    return await api.get<unknown>(`${path`/v1/runs/${run}/artifacts/`}${file}`, { signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

/** Null when the run was not evaluated. */
export const reportQuery = (run: string) =>
  queryOptions({
    queryKey: evaluationKeys.report(run),
    queryFn: async ({ signal }): Promise<Report | null> =>
      readReport(await artifact(run, "evaluation/evaluation.json", signal)) ?? null,
    staleTime: 10_000,
  });

/** What each feature is worth and costs; null when training left no report. */
export const featuresQuery = (run: string) =>
  queryOptions({
    queryKey: evaluationKeys.features(run),
    queryFn: async ({ signal }): Promise<FeatureReport | null> =>
      readFeatures(await artifact(run, "features.json", signal)) ?? null,
    staleTime: 60_000,
  });

/** Who scored what on a test set, newest first. */
export const looksQuery = (of: LooksOf) =>
  infiniteQueryOptions({
    queryKey: evaluationKeys.looks(of),
    queryFn: ({ signal, pageParam }) =>
      api.get<Schemas["ListTestLooksResponse"]>("/v1/test-looks", {
        signal,
        query: { ...of, page_size: 50, page_token: pageParam },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token ?? null,
  });
