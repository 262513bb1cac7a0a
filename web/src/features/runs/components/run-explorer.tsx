import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/check-field";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { SelectField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { Skeleton } from "@/components/ui/skeleton";
import { useLanguage } from "@/lib/language";
import {
  MAX_COMPARED,
  nestedRunsQuery,
  nestingQuery,
  runSampleQuery,
  runSearchQuery,
  topLevelFilter,
  useDeleteRuns,
  useRestoreRuns,
  type LifecycleView,
  type Run,
} from "../api";
import { filterError } from "../filter-place";
import { gridRows } from "../grid-rows";
import {
  chooseColumns,
  columnId,
  orderText,
  readColumns,
  readSort,
  requestedColumns,
  writeColumns,
  writeSort,
  type Column,
  type Sort,
} from "../run-columns";
import { recallColumns, rememberColumns } from "../remembered-columns";
import type { RunSearch } from "../run-search";
import { ColumnPicker } from "./column-picker";
import { FilterBox } from "./filter-box";
import { RunGrid } from "./run-grid";

interface Props {
  /** Of the runs; all of the workspace when empty. */
  experiments: readonly string[];
  search: RunSearch;
  onSearch: (search: RunSearch) => void;
  canWrite: boolean;
}

const views: Record<NonNullable<RunSearch["view"]> | "active", LifecycleView> = {
  active: "LIFECYCLE_VIEW_ACTIVE",
  deleted: "LIFECYCLE_VIEW_DELETED",
  all: "LIFECYCLE_VIEW_ALL",
};

/** The runs of one experiment, of several or of all: found by a filter, sorted, compared. */
export function RunExplorer({ experiments, search, onSearch, canWrite }: Props) {
  const { t } = useLanguage();
  const { filter = "" } = search;
  const view = views[search.view ?? "active"];
  const sort = readSort(search.sort);
  const sample = useQuery(runSampleQuery(experiments, view));
  const [forgotten, forget] = useState(0);
  const columns = useColumns(experiments, search.columns, sample.data?.runs, forgotten);
  // A filter finds nested runs too, so what it finds stands flat.
  const isNesting = filter === "" && search.flat !== "1";
  const nestingAnswer = useQuery({ ...nestingQuery(experiments, view), enabled: isNesting });
  const nesting = isNesting ? (nestingAnswer.data ?? undefined) : undefined;
  const request = {
    experiment_ids: [...experiments],
    order_by: sort === undefined ? [] : [orderText(sort)],
    view,
    columns: requestedColumns(columns ?? []),
  };
  const query = useInfiniteQuery({
    ...runSearchQuery({ ...request, filter: nesting === undefined ? filter : topLevelFilter(nesting.lost) }),
    enabled: columns !== undefined && (!isNesting || !nestingAnswer.isPending),
    placeholderData: keepPreviousData,
  });

  const [opened, setOpened] = useState<readonly string[]>([]);
  const nested = useQueries({
    queries: opened.map((id) => ({ ...nestedRunsQuery(id, request), enabled: nesting !== undefined })),
    combine: (answers) => new Map(answers.map((answer, i) => [opened[i] ?? "", answer.data?.runs] as const)),
  });
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.runs ?? []) ?? [], [query.data]);
  const rows = useMemo(
    () => gridRows(runs, nesting?.parents ?? new Set(), nesting === undefined ? new Map() : nested),
    [runs, nesting, nested],
  );

  const [chosen, setChosen] = useState<ReadonlyMap<string, Run>>(new Map());
  const choose = useCallback((run: Run, isChosen: boolean) => {
    setChosen((before) => {
      const next = new Map(before);
      if (isChosen) next.set(run.run_id, run);
      else next.delete(run.run_id);
      return next;
    });
  }, []);
  const toggle = useCallback(
    ({ run_id: id }: Run) =>
      setOpened((before) => (before.includes(id) ? before.filter((each) => each !== id) : [...before, id])),
    [],
  );
  const { fetchNextPage, isFetchingNextPage, isFetchNextPageError } = query;
  const loadNext = useCallback(() => {
    if (!isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage, isFetchNextPageError]);
  const setColumns = (next: readonly Column[] | undefined) => {
    rememberColumns(experiments, next);
    if (next === undefined) forget(forgotten + 1);
    onSearch({ ...search, columns: next === undefined ? undefined : writeColumns(next) });
  };

  const wrongFilter = query.isError ? filterError(query.error) : undefined;
  return (
    <>
      <div className="explorer-tools">
        <FilterBox
          key={filter}
          applied={filter}
          error={wrongFilter}
          isBusy={query.isFetching && query.isPlaceholderData}
          onApply={(next) => onSearch({ ...search, filter: next === "" ? undefined : next })}
        />
        <div className="tools">
          <ColumnPicker
            experiments={experiments}
            view={view}
            columns={columns ?? []}
            onChange={setColumns}
            onReset={() => setColumns(undefined)}
          />
          <div className="inline-field">
            <SelectField
              label={t("runs.view")}
              value={search.view ?? "active"}
              options={[
                { value: "active", label: t("runs.viewActive") },
                { value: "deleted", label: t("runs.viewDeleted") },
                { value: "all", label: t("runs.viewAll") },
              ]}
              onChange={(next) => onSearch({ ...search, view: next === "active" ? undefined : next })}
            />
          </div>
          <CheckField
            label={t("runs.nest")}
            title={filter === "" ? undefined : t("runs.nestOff")}
            isChecked={isNesting}
            isDisabled={filter !== ""}
            onChange={(isOn) => onSearch({ ...search, flat: isOn ? undefined : "1" })}
          />
          {sort !== undefined && (
            <span className="sort-chip">
              {t("runs.sortedBy", { order: sortName(sort) })}
              <button
                type="button"
                className="icon-button"
                aria-label={t("runs.unsort")}
                onClick={() => onSearch({ ...search, sort: undefined })}
              >
                <Icon name="cross" />
              </button>
            </span>
          )}
          <div className="tools-end">
            <ChosenRuns chosen={chosen} onClear={() => setChosen(new Map())} canWrite={canWrite} />
          </div>
        </div>
      </div>
      <section className="card" aria-label={t("runs.title")} aria-busy={query.isPlaceholderData}>
        {query.isError && wrongFilter === undefined && (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
        {wrongFilter !== undefined && <EmptyState icon="search" title={t("filter.wrong")} />}
        {!query.isError && (query.data === undefined || columns === undefined) && (
          <div className="card-body">
            <Skeleton lines={8} />
          </div>
        )}
        {!query.isError && query.data !== undefined && columns !== undefined && runs.length === 0 && (
          <NoRuns isFiltered={filter !== ""} isDeletedView={search.view === "deleted"} />
        )}
        {!query.isError && columns !== undefined && runs.length > 0 && (
          <>
            <RunGrid
              label={t("runs.title")}
              rows={rows}
              columns={columns}
              sort={sort}
              onSort={(next) => onSearch({ ...search, sort: next === undefined ? undefined : writeSort(next) })}
              onHide={(column) => setColumns(columns.filter((each) => columnId(each) !== columnId(column)))}
              chosen={chosen}
              onChoose={choose}
              onToggle={toggle}
              hasMore={query.hasNextPage}
              onEnd={loadNext}
            />
            <GridFoot
              count={runs.length}
              hasMore={query.hasNextPage}
              isLoading={isFetchingNextPage}
              hasFailed={isFetchNextPageError}
              onRetry={() => void fetchNextPage()}
            />
          </>
        )}
      </section>
    </>
  );
}

function sortName({ column, aggregate, isAscending }: Sort): string {
  const name = column === "name" ? column : column.key;
  return `${aggregate === undefined ? name : `${aggregate}(${name})`} ${isAscending ? "↑" : "↓"}`;
}

/** The address's columns, else those chosen here before, else what the sample suggests; nothing while that is on its way. */
function useColumns(
  experiments: readonly string[],
  text: string | undefined,
  sample: readonly Run[] | undefined,
  forgotten: number,
) {
  const inAddress = useMemo(() => (text === undefined ? undefined : readColumns(text)), [text]);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the browser's storage changes when they are forgotten
  const remembered = useMemo(() => recallColumns(experiments), [experiments, forgotten]);
  const suggested = useMemo((): Column[] | undefined => {
    if (sample === undefined) return undefined;
    const columns = chooseColumns(sample);
    const experiment: Column = { kind: "attributes", key: "experiment" };
    return experiments.length === 1 ? columns : [...columns.slice(0, 3), experiment, ...columns.slice(3)];
  }, [sample, experiments.length]);
  return inAddress ?? remembered ?? suggested;
}

function NoRuns({ isFiltered, isDeletedView }: { isFiltered: boolean; isDeletedView: boolean }) {
  const { t } = useLanguage();
  if (isFiltered) return <EmptyState icon="search" title={t("runs.noMatch")} />;
  if (isDeletedView) return <EmptyState icon="runs" title={t("runs.noDeleted")} />;
  return (
    <EmptyState icon="runs" title={t("runs.empty")}>
      {t("runs.emptyHint")}
    </EmptyState>
  );
}

interface FootProps {
  count: number;
  hasMore: boolean;
  isLoading: boolean;
  hasFailed: boolean;
  onRetry: () => void;
}

function GridFoot({ count, hasMore, isLoading, hasFailed, onRetry }: FootProps) {
  const { t, format } = useLanguage();
  return (
    <div className="grid-foot" role="status">
      <span>
        {hasMore
          ? t("runs.loaded", { count: format.count(count) })
          : t("runs.allLoaded", { count: format.count(count) })}
      </span>
      {isLoading && <span>{t("state.loading")}…</span>}
      {hasFailed && (
        <Button variant="quiet" onClick={onRetry}>
          {t("action.retry")}
        </Button>
      )}
    </div>
  );
}

interface ChosenProps {
  chosen: ReadonlyMap<string, Run>;
  onClear: () => void;
  canWrite: boolean;
}

function ChosenRuns({ chosen, onClear, canWrite }: ChosenProps) {
  const { t } = useLanguage();
  const [isAsked, ask] = useState(false);
  const ids = [...chosen.keys()];
  const areDeleted = chosen.size > 0 && [...chosen.values()].every((run) => run.is_deleted === true);
  const remove = useDeleteRuns(ids);
  const restore = useRestoreRuns(ids);
  const change = areDeleted ? restore : remove;
  const canCompare = chosen.size >= 2 && chosen.size <= MAX_COMPARED;
  return (
    <>
      <span className="muted" role="status">
        {chosen.size > 0 && t("runs.chosen", { count: chosen.size })}
        {chosen.size > MAX_COMPARED && ` · ${t("runs.tooMany", { count: MAX_COMPARED })}`}
      </span>
      {chosen.size > 0 && (
        <Button variant="quiet" onClick={onClear}>
          {t("action.clear")}
        </Button>
      )}
      {chosen.size > 0 && canWrite && (
        <Button variant={areDeleted ? "plain" : "danger"} onClick={() => ask(true)}>
          {areDeleted ? t("runs.restore") : t("runs.delete")}
        </Button>
      )}
      {canCompare ? (
        <Link className="button button-primary" to="/runs/compare" search={{ runs: ids.join(",") }}>
          <Icon name="compare" />
          {t("runs.compare")}
        </Link>
      ) : (
        <Button disabled title={t("runs.compareHint", { count: MAX_COMPARED })}>
          <Icon name="compare" />
          {t("runs.compare")}
        </Button>
      )}
      <ConfirmDialog
        open={isAsked}
        onOpenChange={ask}
        title={
          areDeleted ? t("runs.restoreTitle", { count: chosen.size }) : t("runs.deleteTitle", { count: chosen.size })
        }
        description={areDeleted ? t("runs.restoreText") : t("runs.deleteText")}
        confirm={areDeleted ? t("runs.restore") : t("runs.delete")}
        act={change}
        onConfirm={(done) =>
          change.mutate(undefined, {
            onSuccess: () => {
              done();
              onClear();
            },
          })
        }
      />
    </>
  );
}
