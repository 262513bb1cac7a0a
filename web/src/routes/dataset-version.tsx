import { createRoute, Link } from "@tanstack/react-router";
import { Boundary } from "@/components/ui/boundary";
import { Card } from "@/components/ui/card";
import { SubNav } from "@/components/ui/sub-nav";
import { ColumnDetail } from "@/features/datasets/components/column-detail";
import { ColumnTable } from "@/features/datasets/components/column-table";
import { DifferenceView, type DifferenceSearch } from "@/features/datasets/components/difference-view";
import { ValidationReport } from "@/features/datasets/components/validation-report";
import { VersionDetails, VersionOrigin } from "@/features/datasets/components/version-details";
import { VersionHeader } from "@/features/datasets/components/version-header";
import { VersionUses } from "@/features/datasets/components/version-uses";
import { LooksTable } from "@/features/evaluations/components/looks-table";
import { LineageFlow } from "@/features/models/components/lineage-flow";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

const parts = ["overview", "validation", "differences", "uses"] as const;
type Part = (typeof parts)[number];
const titles: Record<Part, LabelKey> = {
  overview: "dataset.overview",
  validation: "validation.title",
  differences: "differences.title",
  uses: "uses.title",
};

type Search = DifferenceSearch & { part?: Part; column?: string };

export const datasetVersionRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/datasets/versions/$datasetVersionId",
  validateSearch: (search): Search => ({
    part: parts.find((each) => each === search.part && each !== "overview"),
    column: optionalText(search.column),
    find: optionalText(search.find),
    base: optionalText(search.base),
    changed: search.changed === "1" ? "1" : undefined,
    order: search.order === "table" ? "table" : undefined,
  }),
  component: DatasetVersionPage,
});

function DatasetVersionPage() {
  const { t } = useLanguage();
  const { datasetVersionId } = datasetVersionRoute.useParams();
  const { part = "overview", find, base, changed, order } = datasetVersionRoute.useSearch();
  const navigate = datasetVersionRoute.useNavigate();
  return (
    <Boundary key={datasetVersionId} lines={8} elsewhere={<Link to="/datasets">{t("datasets.title")}</Link>}>
      <VersionHeader id={datasetVersionId} />
      <SubNav label={t("dataset.parts")}>
        {parts.map((each) => (
          <Link
            key={each}
            to="/datasets/versions/$datasetVersionId"
            params={{ datasetVersionId }}
            search={{ part: each === "overview" ? undefined : each }}
            activeOptions={{ includeSearch: true, explicitUndefined: true }}
          >
            {t(titles[each])}
          </Link>
        ))}
      </SubNav>
      <Boundary key={part} lines={8}>
        {part === "overview" && <Overview id={datasetVersionId} />}
        {part === "validation" && <ValidationReport id={datasetVersionId} />}
        {part === "differences" && (
          <DifferenceView
            id={datasetVersionId}
            search={{ find, base, changed, order }}
            onSearch={(next) => void navigate({ search: { ...next, part: "differences" }, replace: true })}
          />
        )}
        {part === "uses" && <Uses id={datasetVersionId} />}
      </Boundary>
    </Boundary>
  );
}

function Overview({ id }: { id: string }) {
  const { t } = useLanguage();
  const { find = "", column } = datasetVersionRoute.useSearch();
  const navigate = datasetVersionRoute.useNavigate();
  const show = (next: { find?: string; column?: string }) =>
    void navigate({ search: next, replace: true, resetScroll: false });
  return (
    <>
      <div className={column === undefined ? undefined : "columns columns-aside"}>
        <ColumnTable
          id={id}
          find={find}
          onFind={(text) => show({ find: optionalText(text), column })}
          selected={column}
          onSelect={(next) => show({ find: optionalText(find), column: next === column ? undefined : next })}
        />
        {column !== undefined && (
          <ColumnDetail id={id} name={column} onClose={() => show({ find: optionalText(find) })} />
        )}
      </div>
      <div className="columns">
        <Card title={t("dataset.details")}>
          <VersionDetails id={id} />
        </Card>
        <Card title={t("datasets.origin")}>
          <VersionOrigin id={id} />
        </Card>
      </div>
    </>
  );
}

function Uses({ id }: { id: string }) {
  const { t } = useLanguage();
  return (
    <>
      <div className="columns">
        <Card flush title={t("uses.train")}>
          <Boundary>
            <VersionUses id={id} use="train" />
          </Boundary>
        </Card>
        <Card flush title={t("uses.test")} note={t("uses.testNote")}>
          <Boundary>
            <VersionUses id={id} use="test" />
          </Boundary>
        </Card>
      </div>
      <Card flush title={t("looks.title")} note={t("looks.note")}>
        <Boundary>
          <LooksTable of={{ dataset_version_id: id }} />
        </Boundary>
      </Card>
      <Card flush title={t("lineage.title")}>
        <Boundary lines={2}>
          <LineageFlow point={{ dataset_version_id: id }} />
        </Boundary>
      </Card>
    </>
  );
}
