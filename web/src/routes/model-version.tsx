import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link, notFound } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { GateCard } from "@/features/models/components/gate-card";
import { PromotionHistory } from "@/features/models/components/promotion-history";
import { BundleFiles, Evaluations, Lineage } from "@/features/models/components/version-facts";
import { VersionHeader } from "@/features/models/components/version-header";
import { hasRole, sessionQuery } from "@/features/session/api";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const modelVersionRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/models/$name/versions/$version",
  beforeLoad: ({ params }) => {
    if (!/^[1-9]\d{0,8}$/.test(params.version)) throw notFound();
  },
  component: ModelVersionPage,
});

function ModelVersionPage() {
  const { t } = useLanguage();
  const { name, version: text } = modelVersionRoute.useParams();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const version = Number(text);
  return (
    <Boundary key={`${name}/${text}`} lines={8} elsewhere={<Link to="/models">{t("models.title")}</Link>}>
      <VersionHeader name={name} version={version} canRelease={hasRole(session, "ROLE_ENGINEER")} />
      <div className="columns columns-wide">
        <div className="stack">
          <GateCard name={name} version={version} />
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
          <Card flush title={t("history.ofVersion")}>
            <Boundary>
              <PromotionHistory name={name} version={version} />
            </Boundary>
          </Card>
          <Card title={t("version.lineage")}>
            <Lineage name={name} version={version} />
          </Card>
        </div>
      </div>
    </Boundary>
  );
}
