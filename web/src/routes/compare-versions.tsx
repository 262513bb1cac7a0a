import { createRoute, Link, notFound } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import type { VersionName } from "@/features/models/api";
import { ComparisonPicker } from "@/features/models/components/comparison-picker";
import { ComparisonView } from "@/features/models/components/comparison-view";
import { useLanguage } from "@/lib/language";
import { isVersionNumber } from "./model-version";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

interface Search {
  /** The other version's number. */
  with?: string;
  /** Its model, when that is another one. */
  model?: string;
  /** "all" shows what is the same too. */
  show?: "all";
}

export const compareVersionsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/models/$name/versions/$version/compare",
  validateSearch: (search): Search => {
    const other = optionalText(search.with);
    return {
      with: other !== undefined && isVersionNumber(other) ? other : undefined,
      model: optionalText(search.model),
      show: search.show === "all" ? "all" : undefined,
    };
  },
  beforeLoad: ({ params }) => {
    if (!isVersionNumber(params.version)) throw notFound();
  },
  component: CompareVersionsPage,
});

function CompareVersionsPage() {
  const { t } = useLanguage();
  const { name, version } = compareVersionsRoute.useParams();
  const search = compareVersionsRoute.useSearch();
  const navigate = compareVersionsRoute.useNavigate();
  const left: VersionName = { name, version: Number(version) };
  const right: VersionName | undefined =
    search.with === undefined ? undefined : { name: search.model ?? name, version: Number(search.with) };
  const choose = (nextLeft: VersionName, nextRight: VersionName) =>
    void navigate({
      params: { name: nextLeft.name, version: String(nextLeft.version) },
      search: {
        with: String(nextRight.version),
        model: nextRight.name === nextLeft.name ? undefined : nextRight.name,
        show: search.show,
      },
    });
  const title = (each: VersionName) => t("version.title", each);
  return (
    <Boundary lines={8} elsewhere={<Link to="/models">{t("models.title")}</Link>}>
      <PageHeader
        title={
          right === undefined
            ? t("compare.titleOne")
            : t("compare.title", { left: title(left), right: right.name === name ? `v${right.version}` : title(right) })
        }
        trail={
          <>
            <Link to="/models">{t("models.title")}</Link>
            <span aria-hidden>/</span>
            <Link to="/models/$name" params={{ name }}>
              {name}
            </Link>
            <span aria-hidden>/</span>
            <Link to="/models/$name/versions/$version" params={{ name, version }}>
              {t("version.short", { version })}
            </Link>
          </>
        }
      />
      <Card>
        <ComparisonPicker left={left} right={right} onChange={choose} />
      </Card>
      {right === undefined ? (
        <Card>
          <EmptyState icon="compare" title={t("compare.choose")} />
        </Card>
      ) : (
        <Boundary key={`${name}/${version}/${right.name}/${right.version}`} lines={8}>
          <ComparisonView
            left={left}
            right={right}
            showEqual={search.show === "all"}
            onShowEqual={(show) =>
              void navigate({ search: { ...search, show: show ? "all" : undefined }, replace: true })
            }
          />
        </Boundary>
      )}
    </Boundary>
  );
}
