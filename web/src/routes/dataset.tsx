import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { VersionList } from "@/features/datasets/components/version-list";
import { useLanguage } from "@/lib/language";
import { signedInRoute } from "./root";

export const datasetRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/datasets/$name",
  component: DatasetPage,
});

function DatasetPage() {
  const { t } = useLanguage();
  const { name } = datasetRoute.useParams();
  return (
    <>
      <PageHeader
        title={name}
        subtitle={t("datasets.versionsSubtitle")}
        trail={<Link to="/datasets">{t("datasets.title")}</Link>}
      />
      <Card flush title={t("versions.title")}>
        <Boundary key={name} lines={6}>
          <VersionList name={name} />
        </Boundary>
      </Card>
    </>
  );
}
