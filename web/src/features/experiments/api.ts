import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";

export type Experiment = Schemas["Experiment"];

const NOTE = "mlflow.note.content";
const PAGE = 1000;
const MAX_PAGES = 10;

export const experimentKeys = {
  all: ["experiments"] as const,
  tree: (withDeleted: boolean) => ["experiments", "tree", withDeleted] as const,
  detail: (id: string) => ["experiments", "detail", id] as const,
};

/** All experiments by name; `isCut` when there are more than a page can show as a tree. */
export const experimentTreeQuery = (withDeleted: boolean) =>
  queryOptions({
    queryKey: experimentKeys.tree(withDeleted),
    queryFn: async ({ signal }) => {
      const experiments: Experiment[] = [];
      let token: string | undefined;
      for (let page = 0; page < MAX_PAGES; ++page) {
        const request: Schemas["SearchExperimentsRequest"] = {
          view: withDeleted ? "LIFECYCLE_VIEW_ALL" : "LIFECYCLE_VIEW_ACTIVE",
          order_by: ["name ASC"],
          page_size: PAGE,
          page_token: token,
        };
        const answer = await api.post<Schemas["SearchExperimentsResponse"]>("/v1/experiments:search", request, {
          signal,
        });
        experiments.push(...(answer.experiments ?? []));
        token = answer.next_page_token;
        if (token === undefined) break;
      }
      return { experiments, isCut: token !== undefined };
    },
  });

export const experimentQuery = (id: string) =>
  queryOptions({
    queryKey: experimentKeys.detail(id),
    queryFn: ({ signal }) => api.get<Experiment>(path`/v1/experiments/${id}`, { signal }),
  });

/** What the person wrote about it. */
export const noteOf = (experiment: Experiment): string => experiment.tags?.find((tag) => tag.key === NOTE)?.value ?? "";

/** The tags that people and their scripts set; those of MLflow's own machinery are shown elsewhere or not at all. */
export const ownTags = (experiment: Experiment): Record<string, string> =>
  Object.fromEntries(
    (experiment.tags ?? []).filter(({ key }) => !key.startsWith("mlflow.")).map(({ key, value = "" }) => [key, value]),
  );

function useExperimentChange<Variables, Answer>(act: (variables: Variables) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => client.invalidateQueries({ queryKey: experimentKeys.all }),
  });
}

const setTags = (id: string, tags: Schemas["KeyValue"][]) => {
  const request: Schemas["SetExperimentTagsRequest"] = { tags };
  return api.post<Experiment>(path`/v1/experiments/${id}/tags`, request);
};

export const useCreateExperiment = () =>
  useExperimentChange(({ name, note }: { name: string; note: string }) => {
    const request: Schemas["CreateExperimentRequest"] = {
      name,
      tags: note === "" ? undefined : [{ key: NOTE, value: note }],
    };
    return api.post<Experiment>("/v1/experiments", request);
  });

export const useRenameExperiment = (id: string) =>
  useExperimentChange((name: string) => {
    const request: Schemas["UpdateExperimentRequest"] = { name };
    return api.patch<Experiment>(path`/v1/experiments/${id}`, request);
  });

export const useSetNote = (id: string) =>
  useExperimentChange((note: string) => setTags(id, [{ key: NOTE, value: note }]));

export const useSetTag = (id: string) =>
  useExperimentChange((tag: { key: string; value: string }) => setTags(id, [tag]));

export const useRemoveTag = (id: string) =>
  useExperimentChange((key: string) => api.delete<Experiment>(path`/v1/experiments/${id}/tags/${key}`));

export const useDeleteExperiment = (id: string) =>
  useExperimentChange(() => api.delete<Experiment>(path`/v1/experiments/${id}`));

export const useRestoreExperiment = (id: string) =>
  useExperimentChange(() => api.post<Experiment>(`${path`/v1/experiments/${id}`}:restore`, {}));

export const usePurgeExperiment = (id: string) =>
  useExperimentChange(() => api.post<Schemas["PurgeExperimentResponse"]>(`${path`/v1/experiments/${id}`}:purge`, {}));
