import { useSuspenseQuery } from "@tanstack/react-query";
import { createRoute, Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Boundary } from "@/components/ui/boundary";
import { CheckField } from "@/components/ui/check-field";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { SubNav } from "@/components/ui/sub-nav";
import { comparedRunsQuery, MAX_COMPARED } from "@/features/runs/api";
import { readChartSearch, type ChartSearch } from "@/features/runs/chart-settings";
import { readRunIds } from "@/features/runs/compare-rows";
import { CompareCharts } from "@/features/runs/components/compare-charts";
import { CompareRelations, type RelationSearch } from "@/features/runs/components/compare-relations";
import { CompareTable } from "@/features/runs/components/compare-table";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";
import { signedInRoute } from "./root";
import { optionalText } from "./search";

const tabs = ["charts", "relations"] as const;
type Tab = (typeof tabs)[number];

interface CompareSearch extends ChartSearch, RelationSearch {
  /** Ids, separated by commas. */
  runs?: string;
  tab?: Tab;
  /** Only what differs. */
  only?: "1";
}

export const compareRunsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/runs/compare",
  validateSearch: (search): CompareSearch => ({
    runs: optionalText(search.runs),
    tab: tabs.find((tab) => tab === search.tab),
    only: search.only === "1" ? "1" : undefined,
    sx: optionalText(search.sx),
    sy: optionalText(search.sy),
    without: optionalText(search.without),
    ...readChartSearch(search),
  }),
  component: CompareRunsPage,
});

const tabTexts: readonly [Tab | undefined, LabelKey][] = [
  [undefined, "compareRuns.table"],
  ["charts", "run.charts"],
  ["relations", "compareRuns.relations"],
];

function CompareRunsPage() {
  const { t } = useLanguage();
  const search = compareRunsRoute.useSearch();
  const ids = readRunIds(search.runs, MAX_COMPARED);
  return (
    <>
      <PageHeader
        title={t("compareRuns.title")}
        trail={
          <>
            <Link to="/experiments">{t("experiments.title")}</Link>
            <span aria-hidden>/</span>
            <Link to="/runs">{t("runs.title")}</Link>
          </>
        }
        subtitle={t("compareRuns.count", { count: ids.length })}
      >
        {search.tab === undefined && <OnlyDifferences />}
      </PageHeader>
      <SubNav label={t("compareRuns.parts")}>
        {tabTexts.map(([tab, text]) => (
          <Link
            key={text}
            to="/runs/compare"
            search={{ ...search, tab }}
            activeOptions={{ includeSearch: true, explicitUndefined: true }}
          >
            {t(text)}
          </Link>
        ))}
      </SubNav>
      {ids.length === 0 ? (
        <EmptyState icon="compare" title={t("compareRuns.none")}>
          <Link to="/runs">{t("runs.title")}</Link>
        </EmptyState>
      ) : (
        <Boundary lines={10}>
          <Compared ids={ids} />
        </Boundary>
      )}
    </>
  );
}

function OnlyDifferences() {
  const { t } = useLanguage();
  const search = compareRunsRoute.useSearch();
  const navigate = compareRunsRoute.useNavigate();
  return (
    <CheckField
      label={t("compareRuns.onlyDifferences")}
      isChecked={search.only === "1"}
      onChange={(isOn) => void navigate({ search: { ...search, only: isOn ? "1" : undefined }, replace: true })}
    />
  );
}

function Compared({ ids }: { ids: readonly string[] }) {
  const search = compareRunsRoute.useSearch();
  const navigate = compareRunsRoute.useNavigate();
  const { data } = useSuspenseQuery(comparedRunsQuery(ids));
  const runs = useMemo(() => data.map((run, color) => ({ ...run, color })), [data]);
  const [hidden, hide] = useState<ReadonlySet<string>>(new Set());
  const change = (next: CompareSearch) => void navigate({ search: { ...search, ...next }, replace: true });
  if (search.tab === "charts")
    return <CompareCharts runs={runs} hidden={hidden} onHide={hide} search={search} onSearch={change} />;
  if (search.tab === "relations")
    return (
      <CompareRelations
        runs={runs}
        search={search}
        onSearch={change}
        onRun={(runId) => void navigate({ to: "/runs/$runId", params: { runId } })}
      />
    );
  return (
    <CompareTable
      runs={runs}
      onlyDifferences={search.only === "1"}
      onRemove={(id) => change({ runs: ids.filter((each) => each !== id).join(",") })}
    />
  );
}
