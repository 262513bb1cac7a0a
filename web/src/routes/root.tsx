import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, Outlet, redirect, useNavigate } from "@tanstack/react-router";
import { AppShell } from "@/components/shell/app-shell";
import { ErrorState } from "@/components/ui/error-state";
import { sessionQuery } from "@/features/session/api";
import { UserMenu } from "@/features/session/components/user-menu";
import { ApiError } from "@/lib/api";
import { NotFoundPage } from "./not-found";

export const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error, reset }) => (
    <main className="lone">
      <ErrorState error={error} onRetry={reset} />
    </main>
  ),
});

/** The pages behind sign-in. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.query({ ...sessionQuery, staleTime: "static" });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "UNAUTHENTICATED") throw error;
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { to: location.href }, replace: true });
    }
  },
  component: SignedIn,
});

function SignedIn() {
  const navigate = useNavigate();
  return (
    <AppShell menu={<UserMenu onSignedOut={() => void navigate({ to: "/sign-in", replace: true })} />}>
      <Outlet />
    </AppShell>
  );
}
