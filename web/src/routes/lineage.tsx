import { createRoute } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import type { LineagePoint } from "@/features/models/api";
import { LineageFlow } from "@/features/models/components/lineage-flow";
import { useLanguage } from "@/lib/language";
import type { Translate } from "@/lib/messages";
import { NotFoundPage } from "./not-found";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

type Search = Partial<Record<"dataset" | "run" | "model" | "version" | "deployment", string>>;

export const lineageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/lineage",
  validateSearch: (search): Search => ({
    dataset: optionalText(search.dataset),
    run: optionalText(search.run),
    model: optionalText(search.model),
    version: optionalText(search.version),
    deployment: optionalText(search.deployment),
  }),
  component: LineagePage,
});

function LineagePage() {
  const { t } = useLanguage();
  const found = pointOf(lineageRoute.useSearch(), t);
  if (found === undefined) return <NotFoundPage />;
  return (
    <>
      <PageHeader title={t("lineage.title")} subtitle={t("lineage.subtitle")} />
      <Card flush title={found.title}>
        <Boundary>
          <LineageFlow point={found.point} />
        </Boundary>
      </Card>
    </>
  );
}

/** The one thing that the address names. */
function pointOf(search: Search, t: Translate): { point: LineagePoint; title: string } | undefined {
  const { dataset, run, model, version, deployment } = search;
  if (dataset !== undefined)
    return { point: { dataset_version_id: dataset }, title: t("lineage.ofDataset", { id: dataset }) };
  if (run !== undefined) return { point: { run_id: run }, title: t("lineage.ofRun", { id: run.slice(0, 12) }) };
  if (model !== undefined && version !== undefined)
    return { point: { name: model, version }, title: t("lineage.ofVersion", { name: model, version }) };
  if (deployment !== undefined)
    return { point: { deployment }, title: t("lineage.ofDeployment", { name: deployment }) };
  return undefined;
}
