import { createRoute } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { ExperimentFilter } from "@/features/runs/components/experiment-filter";
import { RunTable } from "@/features/runs/components/run-table";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

export const runsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/runs",
  validateSearch: (search): { experiment?: string } => ({ experiment: optionalText(search.experiment) }),
  component: RunsPage,
});

function RunsPage() {
  const { t } = useLanguage();
  const { experiment } = runsRoute.useSearch();
  const navigate = runsRoute.useNavigate();
  return (
    <>
      <PageHeader title={t("runs.title")} subtitle={t("runs.subtitle")}>
        <Boundary lines={1}>
          <ExperimentFilter value={experiment} onChange={(next) => void navigate({ search: { experiment: next } })} />
        </Boundary>
      </PageHeader>
      <Card flush>
        <Boundary key={experiment} lines={8}>
          <RunTable experiment={experiment} />
        </Boundary>
      </Card>
    </>
  );
}
