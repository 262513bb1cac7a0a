import { createRoute, redirect, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { signInByCode } from "@/features/session/api";
import { SignInForm } from "@/features/session/components/sign-in-form";
import { safeTarget } from "@/features/session/safe-target";
import { useLanguage } from "@/lib/language";
import { isLanguage, languages } from "@/lib/messages";
import { rootRoute } from "./root";
import { optionalText } from "./search";

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search): { code?: string; to?: string; link?: "bad" } => ({
    code: optionalText(search.code),
    to: optionalText(search.to),
    link: search.link === "bad" ? "bad" : undefined,
  }),
  // Before anything is drawn, and replacing the address, so that a code stays in no history.
  beforeLoad: async ({ search: { code, to }, context }) => {
    if (code === undefined) return;
    if (!(await signInByCode(code))) throw redirect({ to: "/sign-in", search: { to, link: "bad" }, replace: true });
    context.queryClient.clear();
    throw redirect({ href: safeTarget(to), replace: true });
  },
  pendingMs: 0,
  pendingComponent: SigningIn,
  component: SignInPage,
});

function SigningIn() {
  const { t } = useLanguage();
  return (
    <main className="sign-in" role="status">
      {t("signIn.byCode")}
    </main>
  );
}

function SignInPage() {
  const { t, language, setLanguage } = useLanguage();
  const search = signInRoute.useSearch();
  const router = useRouter();
  const enter = () => router.history.replace(safeTarget(search.to));

  useEffect(() => {
    document.title = `${t("signIn.title")} · Millwright`;
  }, [t]);

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
        <SignInForm isLinkBad={search.link === "bad"} onSignedIn={enter} />
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
