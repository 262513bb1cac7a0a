import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, ApiError } from "@/lib/api";
import type { Role, Schemas } from "@/lib/api-types";

export type Session = Schemas["GetSessionResponse"];
export type Credentials = Schemas["SignInRequest"];

export const sessionKey = ["session"] as const;
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => api.get<Session>("/v1/session", { signal }),
  staleTime: 60_000,
});

const rank: Partial<Record<Role, number>> = { ROLE_VIEWER: 1, ROLE_ENGINEER: 2, ROLE_ADMIN: 3 };

/** Whether buttons that need `least` are shown; the platform decides again when one is pressed. */
export function hasRole(session: Session, least: Role): boolean {
  return (rank[session.role ?? "ROLE_UNSPECIFIED"] ?? 0) >= (rank[least] ?? Infinity);
}

const startSession = (credentials: Credentials) => api.post<Schemas["SignInResponse"]>("/v1/session", credentials);

const usedCodes = new Map<string, Promise<boolean>>();

/** Signs in by a one-time link's code; false when the code is no good. A code works once, so it is sent once. */
export function signInByCode(code: string): Promise<boolean> {
  const used =
    usedCodes.get(code) ??
    startSession({ code }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ApiError && error.code === "UNAUTHENTICATED") return false;
        usedCodes.delete(code);
        throw error;
      },
    );
  usedCodes.set(code, used);
  return used;
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: startSession,
    // What another person saw must not stay.
    onSuccess: () => client.clear(),
    meta: { signIn: true },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.delete("/v1/session"),
    onSuccess: () => client.clear(),
  });
}
