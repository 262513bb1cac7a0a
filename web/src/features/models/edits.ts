import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas, Stage } from "@/lib/api-types";
import { modelKeys, type Promotion, type RegisteredModel } from "./api";

/** A change of a model or its versions: what the page knows of models is asked again. */
function useEdit<Variables, Result>(edit: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: edit,
    // A refusal too can leave something to see: an entry in the history, another's change.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: modelKeys.all }),
        client.invalidateQueries({ queryKey: ["deployments"] }),
      ]),
  });
}

/** A change after which the page of the thing is left: nothing is asked of what is gone. */
function useLeave<Variables = void, Result = unknown>(leave: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: leave,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: modelKeys.lists }),
        client.invalidateQueries({ queryKey: ["deployments"] }),
      ]),
  });
}

const modelPath = (name: string) => path`/v1/models/${name}`;
const versionPath = (name: string, version: number) => path`/v1/models/${name}/versions/${version}`;

export const useCreateModel = () =>
  useEdit((request: Schemas["CreateRegisteredModelRequest"]) => api.post<RegisteredModel>("/v1/models", request));

export const useDescribeModel = (name: string) =>
  useEdit((description: string) => api.patch<RegisteredModel>(modelPath(name), { description }));

export const useRenameModel = (name: string) =>
  useLeave((newName: string) => api.post<RegisteredModel>(`${modelPath(name)}:rename`, { new_name: newName }));

export const useDeleteModel = (name: string, allowProduction: boolean) =>
  useLeave(() =>
    api.delete<object>(modelPath(name), { query: { allow_production: allowProduction ? "true" : undefined } }),
  );

export const useSetModelTag = (name: string) =>
  useEdit(({ key, value }: { key: string; value: string }) =>
    api.put<object>(path`/v1/models/${name}/tags/${key}`, { value }),
  );

export const useDeleteModelTag = (name: string) =>
  useEdit((key: string) => api.delete<object>(path`/v1/models/${name}/tags/${key}`));

export const useSetAlias = (name: string) =>
  useEdit(({ alias, version }: { alias: string; version: number }) =>
    api.put<object>(path`/v1/models/${name}/aliases/${alias}`, { version }),
  );

export const useDeleteAlias = (name: string) =>
  useEdit((alias: string) => api.delete<object>(path`/v1/models/${name}/aliases/${alias}`));

export const useDescribeVersion = (name: string, version: number) =>
  useEdit((description: string) => api.patch<object>(versionPath(name, version), { description }));

export const useWriteCard = (name: string, version: number) =>
  useEdit((text: string) => api.patch<object>(versionPath(name, version), { card_text: text }));

export const useDeleteVersion = (name: string, version: number, allowProduction: boolean) =>
  useLeave(() =>
    api.delete<object>(versionPath(name, version), {
      query: { allow_production: allowProduction ? "true" : undefined },
    }),
  );

export const useSetVersionTag = (name: string, version: number) =>
  useEdit(({ key, value }: { key: string; value: string }) =>
    api.put<object>(path`/v1/models/${name}/versions/${version}/tags/${key}`, { value }),
  );

export const useDeleteVersionTag = (name: string, version: number) =>
  useEdit((key: string) => api.delete<object>(path`/v1/models/${name}/versions/${version}/tags/${key}`));

export const useSetGate = (name: string, stage: Stage) =>
  useEdit((request: Schemas["SetGateRequest"]) =>
    api.put<Schemas["Gate"]>(path`/v1/models/${name}/gates/${stage}`, request),
  );

export const useApprove = (name: string, version: number) =>
  useEdit(({ isApproved, ...request }: { isApproved: boolean; stage: Stage; reason: string }) =>
    api.post<Schemas["Approval"]>(`${versionPath(name, version)}:${isApproved ? "approve" : "reject"}`, request),
  );

export const useRecordCheck = (name: string, version: number) =>
  useEdit((request: Schemas["RecordCheckRequest"]) =>
    api.post<Schemas["Check"]>(path`/v1/models/${name}/versions/${version}/checks`, request),
  );

export const usePromote = (name: string, version: number) =>
  useEdit((request: Schemas["PromoteModelVersionRequest"]) =>
    api.post<Promotion>(`${versionPath(name, version)}:promote`, request),
  );

export const useRollback = (name: string) =>
  useEdit((request: Schemas["RollbackModelRequest"]) => api.post<Promotion>(`${modelPath(name)}:rollback`, request));
