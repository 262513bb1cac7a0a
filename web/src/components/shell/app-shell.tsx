import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Icon, type IconName } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";

const places = [
  { to: "/", icon: "home", text: "nav.home" },
  { to: "/pipelines", icon: "pipelines", text: "nav.pipelines" },
  { to: "/datasets", icon: "data", text: "nav.datasets" },
  { to: "/experiments", icon: "flask", text: "nav.experiments" },
  { to: "/runs", icon: "runs", text: "nav.runs" },
  { to: "/models", icon: "models", text: "nav.models" },
] as const satisfies readonly { to: string; icon: IconName; text: LabelKey }[];

/** The frame of every page for people who are signed in. */
export function AppShell({ menu, children }: { menu: ReactNode; children: ReactNode }) {
  const { t } = useLanguage();
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {t("nav.skip")}
      </a>
      <aside className="side">
        <Link className="brand" to="/">
          <img src="/favicon.svg" alt="" />
          <span>Millwright</span>
        </Link>
        <nav aria-label={t("nav.label")}>
          {places.map(({ to, icon, text }) => (
            <Link key={to} className="nav-link" to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
              <Icon name={icon} />
              <span>{t(text)}</span>
            </Link>
          ))}
        </nav>
        <div className="side-end">{menu}</div>
      </aside>
      <main id="main" className="main" tabIndex={-1}>
        <div className="page">{children}</div>
      </main>
    </div>
  );
}
