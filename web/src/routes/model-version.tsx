import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link, notFound } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SubNav } from "@/components/ui/sub-nav";
import { RunEvaluation } from "@/features/evaluations/components/run-evaluation";
import { versionQuery } from "@/features/models/api";
import { ApprovalsCard } from "@/features/models/components/approvals-card";
import { ChecksCard } from "@/features/models/components/checks-card";
import { GateCard } from "@/features/models/components/gate-card";
import { LineageFlow } from "@/features/models/components/lineage-flow";
import { ModelCard } from "@/features/models/components/model-card";
import { PromotionHistory } from "@/features/models/components/promotion-history";
import { VersionAbout } from "@/features/models/components/version-about";
import { BundleFiles, Evaluations, VersionFacts } from "@/features/models/components/version-facts";
import { VersionHeader } from "@/features/models/components/version-header";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

const parts = ["overview", "evaluation", "card"] as const;
type Part = (typeof parts)[number];
const titles: Record<Part, LabelKey> = {
  overview: "model.overview",
  evaluation: "evaluation.title",
  card: "card.title",
};

export const isVersionNumber = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text);

export const modelVersionRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/models/$name/versions/$version",
  validateSearch: (search): { part?: Part; head?: string } => ({
    part: parts.find((each) => each === search.part && each !== "overview"),
    head: optionalText(search.head),
  }),
  beforeLoad: ({ params }) => {
    if (!isVersionNumber(params.version)) throw notFound();
  },
  component: ModelVersionPage,
});

function ModelVersionPage() {
  const { t } = useLanguage();
  const { name, version: text } = modelVersionRoute.useParams();
  const { part = "overview" } = modelVersionRoute.useSearch();
  const navigate = modelVersionRoute.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const version = Number(text);
  const canEdit = hasRole(session, "ROLE_ENGINEER");
  return (
    <Boundary key={`${name}/${text}`} lines={8} elsewhere={<Link to="/models">{t("models.title")}</Link>}>
      <VersionHeader
        name={name}
        version={version}
        canEdit={canEdit}
        onDeleted={() => void navigate({ to: "/models/$name", params: { name }, replace: true })}
      />
      <SubNav label={t("version.parts")}>
        {parts.map((each) => (
          <Link
            key={each}
            to="/models/$name/versions/$version"
            params={{ name, version: text }}
            search={{ part: each === "overview" ? undefined : each }}
            activeOptions={{ includeSearch: true, explicitUndefined: true }}
          >
            {t(titles[each])}
          </Link>
        ))}
      </SubNav>
      {part === "overview" && <Overview name={name} version={version} canEdit={canEdit} />}
      {part === "evaluation" && (
        <Boundary lines={8}>
          <Evaluation name={name} version={version} />
        </Boundary>
      )}
      {part === "card" && (
        <Boundary lines={8}>
          <ModelCard name={name} version={version} canEdit={canEdit} />
        </Boundary>
      )}
    </Boundary>
  );
}

/** The evaluation of the run that the version came from. */
function Evaluation({ name, version }: { name: string; version: number }) {
  const { t } = useLanguage();
  const { head } = modelVersionRoute.useSearch();
  const navigate = modelVersionRoute.useNavigate();
  const { data } = useSuspenseQuery(versionQuery(name, version));
  if (data.run_id === undefined) return <EmptyState icon="runs" title={t("evaluations.empty")} />;
  return (
    <RunEvaluation
      id={data.run_id}
      head={head}
      onHead={(next) => void navigate({ search: { part: "evaluation", head: next }, replace: true })}
    />
  );
}

function Overview({ name, version, canEdit }: { name: string; version: number; canEdit: boolean }) {
  const { t } = useLanguage();
  return (
    <>
      <Card flush title={t("version.lineage")}>
        <Boundary lines={2}>
          <LineageFlow point={{ name, version: String(version) }} />
        </Boundary>
      </Card>
      <div className="columns columns-wide">
        <div className="stack">
          <GateCard name={name} version={version} />
          <ApprovalsCard name={name} version={version} canEdit={canEdit} />
          <ChecksCard name={name} version={version} canEdit={canEdit} />
          <Card flush title={t("evaluations.title")}>
            <Boundary>
              <Evaluations name={name} version={version} />
            </Boundary>
          </Card>
          <Card flush title={t("version.files")}>
            <BundleFiles name={name} version={version} />
          </Card>
        </div>
        <div className="stack">
          <Card title={t("about.title")}>
            <VersionAbout name={name} version={version} canEdit={canEdit} />
          </Card>
          <Card title={t("lineage.details")}>
            <VersionFacts name={name} version={version} />
          </Card>
          <Card flush title={t("history.ofVersion")}>
            <Boundary>
              <PromotionHistory name={name} version={version} />
            </Boundary>
          </Card>
        </div>
      </div>
    </>
  );
}
