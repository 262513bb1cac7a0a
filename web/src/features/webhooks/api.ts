import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, path } from "@/lib/api";
import type { Schemas } from "@/lib/api-types";

export type Webhook = Schemas["Webhook"];
export type Delivery = Schemas["Delivery"];

export const webhookKeys = {
  all: ["webhooks"] as const,
  list: ["webhooks", "list"] as const,
  deliveries: (id: string) => ["webhooks", "of", id, "deliveries"] as const,
};

/** Of the whole workspace: an admin who has more than a thousand of them has other problems. */
export const webhooksQuery = queryOptions({
  queryKey: webhookKeys.list,
  queryFn: ({ signal }) =>
    api.get<Schemas["ListWebhooksResponse"]>("/v1/webhooks", { signal, query: { page_size: 1000 } }),
});

export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: webhookKeys.deliveries(id),
    queryFn: ({ signal }) =>
      api.get<Schemas["ListDeliveriesResponse"]>(path`/v1/webhooks/${id}/deliveries`, {
        signal,
        query: { page_size: 50 },
      }),
    refetchInterval: 3_000,
  });

/** Those that hear of a model: its own, and those of every model. */
export const concerning = (webhooks: readonly Webhook[], model: string): Webhook[] =>
  webhooks.filter((each) => each.model === undefined || each.model === model);

function useEdit<Variables, Result>(edit: (variables: Variables) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: edit,
    onSettled: () => client.invalidateQueries({ queryKey: webhookKeys.all }),
  });
}

export const useCreateWebhook = () =>
  useEdit((request: Schemas["CreateWebhookRequest"]) =>
    api.post<Schemas["CreateWebhookResponse"]>("/v1/webhooks", request),
  );

export const useUpdateWebhook = (id: string) =>
  useEdit((request: Schemas["UpdateWebhookRequest"]) => api.patch<Webhook>(path`/v1/webhooks/${id}`, request));

export const useDeleteWebhook = (id: string) => useEdit(() => api.delete<object>(path`/v1/webhooks/${id}`));

export const useRedeliver = (id: string) =>
  useEdit((delivery: string) => api.post<Delivery>(`${path`/v1/webhooks/${id}/deliveries/${delivery}`}:redeliver`, {}));
