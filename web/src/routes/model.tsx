import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { SubNav } from "@/components/ui/sub-nav";
import { GateRules } from "@/features/models/components/gate-rules";
import { HealthTable } from "@/features/models/components/health-table";
import { ModelAbout } from "@/features/models/components/model-about";
import { ModelHeader } from "@/features/models/components/model-header";
import { PromotionHistory } from "@/features/models/components/promotion-history";
import { VersionTable } from "@/features/models/components/version-table";
import { ModelDeployment } from "@/features/serving/components/model-deployment";
import { hasRole, sessionQuery } from "@/features/session/api";
import { WebhookCard } from "@/features/webhooks/components/webhook-card";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { signedInRoute } from "./root";

const parts = ["overview", "gates", "history", "webhooks"] as const;
type Part = (typeof parts)[number];
const titles: Record<Part, LabelKey> = {
  overview: "model.overview",
  gates: "gate.rules",
  history: "history.title",
  webhooks: "webhooks.title",
};

export const modelRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/models/$name",
  validateSearch: (search): { part?: Part } => ({
    part: parts.find((each) => each === search.part && each !== "overview"),
  }),
  component: ModelPage,
});

function ModelPage() {
  const { t } = useLanguage();
  const { name } = modelRoute.useParams();
  const { part = "overview" } = modelRoute.useSearch();
  const navigate = modelRoute.useNavigate();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const canEdit = hasRole(session, "ROLE_ENGINEER");
  // Webhooks carry addresses of other systems: not for viewers.
  const shown = parts.filter((each) => each !== "webhooks" || canEdit);
  return (
    <Boundary key={name} lines={8} elsewhere={<Link to="/models">{t("models.title")}</Link>}>
      <ModelHeader
        name={name}
        canEdit={canEdit}
        onRenamed={(next) => void navigate({ to: "/models/$name", params: { name: next }, replace: true })}
        onDeleted={() => void navigate({ to: "/models", replace: true })}
      />
      <SubNav label={t("model.parts")}>
        {shown.map((each) => (
          <Link
            key={each}
            to="/models/$name"
            params={{ name }}
            search={each === "overview" ? {} : { part: each }}
            activeOptions={{ exact: true }}
          >
            {t(titles[each])}
          </Link>
        ))}
      </SubNav>
      {part === "overview" && <Overview name={name} canEdit={canEdit} />}
      {part === "gates" && (
        <Card flush title={t("gate.rules")} note={t("gate.rulesNote")}>
          <Boundary>
            <GateRules name={name} canEdit={canEdit} />
          </Boundary>
        </Card>
      )}
      {part === "history" && (
        <Card flush title={t("history.title")} note={t("history.note")}>
          <Boundary>
            <PromotionHistory name={name} />
          </Boundary>
        </Card>
      )}
      {part === "webhooks" && canEdit && <WebhookCard model={name} />}
    </Boundary>
  );
}

function Overview({ name, canEdit }: { name: string; canEdit: boolean }) {
  const { t } = useLanguage();
  return (
    <div className="columns columns-wide">
      <div className="stack">
        <Boundary>
          <VersionTable name={name} />
        </Boundary>
        <Card flush title={t("health.title")} note={t("services.live")}>
          <Boundary>
            <HealthTable name={name} />
          </Boundary>
        </Card>
      </div>
      <div className="stack">
        <Card title={t("about.title")}>
          <ModelAbout name={name} canEdit={canEdit} />
        </Card>
        <Card title={t("deployment.title")} note={t("services.live")}>
          <Boundary>
            <ModelDeployment name={name} />
          </Boundary>
        </Card>
        <Card
          flush
          title={t("history.title")}
          actions={
            <Link to="/models/$name" params={{ name }} search={{ part: "history" }}>
              {t("history.all")}
            </Link>
          }
        >
          <Boundary>
            <PromotionHistory name={name} newest={4} />
          </Boundary>
        </Card>
      </div>
    </div>
  );
}
