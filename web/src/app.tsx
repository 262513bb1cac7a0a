import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { RouterProvider, type RouterHistory } from "@tanstack/react-router";
import { LanguageProvider } from "./lib/language";
import { makeQueryClient } from "./lib/query-client";
import { makeRouter } from "./router";

/** The whole page, ready to render; a test passes a history of its own. */
export function makeApp(history?: RouterHistory) {
  const queryClient: QueryClient = makeQueryClient(() => {
    const { pathname, href } = router.state.location;
    if (pathname !== "/sign-in") void router.navigate({ to: "/sign-in", search: { to: href }, replace: true });
  });
  const router = makeRouter(queryClient, history);
  return {
    router,
    app: (
      <QueryClientProvider client={queryClient}>
        <LanguageProvider>
          <RouterProvider router={router} />
        </LanguageProvider>
      </QueryClientProvider>
    ),
  };
}
