import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link } from "@tanstack/react-router";
import { useState } from "react";
import { Boundary } from "@/components/ui/boundary";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { CheckField } from "@/components/ui/check-field";
import { PageHeader } from "@/components/ui/page-header";
import { SearchField } from "@/components/ui/search-field";
import { NewExperimentButton } from "@/features/experiments/components/experiment-form";
import { ExperimentTreeTable } from "@/features/experiments/components/experiment-tree-table";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

export const experimentsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/experiments",
  validateSearch: (search): { text?: string; deleted?: "1" } => ({
    text: optionalText(search.text),
    deleted: search.deleted === "1" ? "1" : undefined,
  }),
  component: ExperimentsPage,
});

function ExperimentsPage() {
  const { t } = useLanguage();
  const { text = "", deleted } = experimentsRoute.useSearch();
  const navigate = experimentsRoute.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rights = { canWrite: hasRole(session, "ROLE_ENGINEER"), canPurge: hasRole(session, "ROLE_ADMIN") };
  const choose = (ids: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) {
      if (isChosen) next.add(id);
      else next.delete(id);
    }
    setChosen(next);
  };
  return (
    <>
      <PageHeader title={t("experiments.title")} subtitle={t("experiments.subtitle")}>
        {rights.canWrite && (
          <NewExperimentButton
            onCreated={(experiment) =>
              void navigate({
                to: "/experiments/$experimentId",
                params: { experimentId: experiment.experiment_id },
              })
            }
          />
        )}
      </PageHeader>
      <div className="tools">
        <SearchField
          label={t("experiments.find")}
          initial={text}
          onChange={(next) => void navigate({ search: { text: optionalText(next), deleted }, replace: true })}
        />
        <CheckField
          label={t("experiments.showDeleted")}
          isChecked={deleted === "1"}
          onChange={(isOn) => void navigate({ search: { text: optionalText(text), deleted: isOn ? "1" : undefined } })}
        />
        {chosen.size > 0 && (
          <div className="tools-end" role="status">
            <span className="muted">{t("experiments.chosen", { count: chosen.size })}</span>
            <Button variant="quiet" onClick={() => setChosen(new Set())}>
              {t("action.clear")}
            </Button>
            <Link className="button button-primary" to="/runs" search={{ experiment: [...chosen].join(",") }}>
              {t("experiments.showRuns")}
            </Link>
          </div>
        )}
      </div>
      <Card flush>
        <Boundary lines={8}>
          <ExperimentTreeTable
            text={text}
            withDeleted={deleted === "1"}
            rights={rights}
            chosen={chosen}
            onChoose={choose}
          />
        </Boundary>
      </Card>
    </>
  );
}
