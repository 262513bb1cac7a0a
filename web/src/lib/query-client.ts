import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError, UNREACHABLE } from "./api";

const TRANSIENT = new Set(["UNAVAILABLE", "ABORTED", UNREACHABLE]);

/** The cache of what the server said. `onSignedOut` is called when it no longer knows the caller. */
export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.code === "UNAUTHENTICATED") onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.meta?.signIn !== true) onError(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        // The rest would fail the same way again.
        retry: (count, error) => count < 2 && error instanceof ApiError && TRANSIENT.has(error.code),
        retryDelay: (count) => 400 * 2 ** count,
      },
      mutations: { retry: (count, error) => count < 1 && error instanceof ApiError && error.code === "ABORTED" },
    },
  });
}
