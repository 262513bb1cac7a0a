import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { HealthTable } from "@/features/models/components/health-table";
import { ModelHeader } from "@/features/models/components/model-header";
import { PromotionHistory } from "@/features/models/components/promotion-history";
import { VersionTable } from "@/features/models/components/version-table";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const modelRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/models/$name",
  component: ModelPage,
});

function ModelPage() {
  const { t } = useLanguage();
  const { name } = modelRoute.useParams();
  const { data: session } = useSuspenseQuery(sessionQuery);
  return (
    <Boundary key={name} lines={8} elsewhere={<Link to="/models">{t("models.title")}</Link>}>
      <ModelHeader name={name} canRelease={hasRole(session, "ROLE_ENGINEER")} />
      <div className="columns columns-wide">
        <div className="stack">
          <Card flush title={t("versions.title")}>
            <Boundary>
              <VersionTable name={name} />
            </Boundary>
          </Card>
          <Card flush title={t("health.title")} note={t("services.live")}>
            <Boundary>
              <HealthTable name={name} />
            </Boundary>
          </Card>
        </div>
        <Card flush title={t("history.title")}>
          <Boundary>
            <PromotionHistory name={name} />
          </Boundary>
        </Card>
      </div>
    </Boundary>
  );
}
