import { createRoute, useNavigate, useRouter } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { SignInForm } from "@/features/session/components/sign-in-form";
import { safeTarget } from "@/features/session/safe-target";
import { useLanguage } from "@/lib/language";
import { isLanguage, languages } from "@/lib/messages";
import { rootRoute } from "./root";
import { optionalText } from "./search";

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search): { code?: string; to?: string } => ({
    code: optionalText(search.code),
    to: optionalText(search.to),
  }),
  component: SignInPage,
});

function SignInPage() {
  const { t, language, setLanguage } = useLanguage();
  const search = signInRoute.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const [code] = useState(search.code);

  useEffect(() => {
    document.title = `${t("signIn.title")} · Millwright`;
  }, [t]);
  // Out of the address bar and the history before anything else happens.
  useEffect(() => {
    if (search.code !== undefined) void navigate({ to: "/sign-in", search: { to: search.to }, replace: true });
  }, [navigate, search]);
  const enter = useCallback(() => router.history.replace(safeTarget(search.to)), [router, search.to]);

  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <div className="sign-in-brand">
          <img src="/favicon.svg" alt="" />
          <div>
            <h1>{t("signIn.title")}</h1>
            <p className="muted">{t("signIn.subtitle")}</p>
          </div>
        </div>
        <SignInForm code={code} onSignedIn={enter} />
      </div>
      <div className="sign-in-languages">
        {Object.entries(languages).map(([each, name]) => (
          <button
            key={each}
            type="button"
            lang={each}
            className="button button-quiet"
            aria-pressed={each === language}
            onClick={() => {
              if (isLanguage(each)) setLanguage(each);
            }}
          >
            {name}
          </button>
        ))}
      </div>
    </main>
  );
}
