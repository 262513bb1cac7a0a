import type { UseMutationResult } from "@tanstack/react-query";

/** What a component needs of a mutation, whatever that answers with. */
export type Act<Variables> = Pick<UseMutationResult, "isPending" | "isError" | "error" | "reset"> & {
  mutate: (variables: Variables, options?: { onSuccess?: () => void }) => void;
};
