import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { PageHeader } from "@/components/ui/page-header";
import { experimentsQuery } from "@/features/runs/api";
import { RunExplorer } from "@/features/runs/components/run-explorer";
import { readRunSearch, type RunSearch } from "@/features/runs/run-search";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

export const runsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/runs",
  // Experiments by their ids: "2" or "2,5,7".
  validateSearch: (search): RunSearch & { experiment?: string } => ({
    experiment: optionalText(search.experiment),
    ...readRunSearch(search),
  }),
  component: RunsPage,
});

const MAX_NAMED = 3;

function RunsPage() {
  const { t } = useLanguage();
  const { experiment, ...search } = runsRoute.useSearch();
  const navigate = runsRoute.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: all } = useQuery(experimentsQuery);
  const experiments = useMemo(() => experiment?.split(",") ?? [], [experiment]);
  const nameOf = (id: string) => all?.experiments?.find((each) => each.experiment_id === id)?.name ?? id;
  return (
    <>
      <PageHeader
        title={t("runs.title")}
        trail={<Link to="/experiments">{t("experiments.title")}</Link>}
        subtitle={
          experiments.length === 0 ? (
            t("runs.subtitle")
          ) : (
            <>
              {experiments.slice(0, MAX_NAMED).map((id) => (
                <Link key={id} to="/experiments/$experimentId" params={{ experimentId: id }}>
                  {nameOf(id)}
                </Link>
              ))}
              {experiments.length > MAX_NAMED && (
                <span>{t("runs.moreExperiments", { count: experiments.length - MAX_NAMED })}</span>
              )}
              <Link to="/runs">{t("runs.allExperiments")}</Link>
            </>
          )
        }
      />
      <RunExplorer
        key={experiment}
        experiments={experiments}
        search={search}
        onSearch={(next) => void navigate({ search: { experiment, ...next } })}
        canWrite={hasRole(session, "ROLE_ENGINEER")}
      />
    </>
  );
}
