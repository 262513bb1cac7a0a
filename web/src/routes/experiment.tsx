import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Boundary } from "@/components/ui/boundary";
import { experimentQuery } from "@/features/experiments/api";
import { ExperimentHeader } from "@/features/experiments/components/experiment-header";
import { RunExplorer } from "@/features/runs/components/run-explorer";
import { readRunSearch, type RunSearch } from "@/features/runs/run-search";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const experimentRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/experiments/$experimentId",
  validateSearch: (search): RunSearch => readRunSearch(search),
  component: ExperimentPage,
});

function ExperimentPage() {
  const { t } = useLanguage();
  const { experimentId } = experimentRoute.useParams();
  return (
    <Boundary key={experimentId} lines={8} elsewhere={<Link to="/experiments">{t("experiments.title")}</Link>}>
      <Experiment id={experimentId} />
    </Boundary>
  );
}

function Experiment({ id }: { id: string }) {
  const search = experimentRoute.useSearch();
  const navigate = experimentRoute.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { data: experiment } = useSuspenseQuery(experimentQuery(id));
  const experiments = useMemo(() => [id], [id]);
  const canWrite = hasRole(session, "ROLE_ENGINEER");
  return (
    <>
      <ExperimentHeader
        id={id}
        rights={{ canWrite, canPurge: hasRole(session, "ROLE_ADMIN") }}
        onPurged={() => void navigate({ to: "/experiments", replace: true })}
      />
      <RunExplorer
        experiments={experiments}
        // The runs of a deleted experiment are deleted too.
        search={experiment.is_deleted === true ? { view: "all", ...search } : search}
        onSearch={(next) => void navigate({ search: next })}
        canWrite={canWrite}
      />
    </>
  );
}
