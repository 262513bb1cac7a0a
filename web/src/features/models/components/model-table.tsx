import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { TagChips } from "@/components/ui/tag-editor";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { modelsQuery, type RegisteredModel } from "../api";
import { AliasChips } from "./alias-chips";
import { ModelMenu } from "./model-menu";
import { VersionLink } from "./version-link";

export function ModelTable({ search, canEdit }: { search: string; canEdit: boolean }) {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(modelsQuery(search));
  const models = query.data.pages.flatMap((page) => page.models ?? []);
  if (models.length === 0 && search !== "")
    return (
      <EmptyState icon="search" title={t("models.noMatch", { text: search })}>
        {t("models.noMatchHint")}
      </EmptyState>
    );
  if (models.length === 0)
    return (
      <EmptyState icon="models" title={t("models.empty")}>
        {t("models.emptyHint")}
      </EmptyState>
    );
  return (
    <>
      <Table label={t("models.title")}>
        <thead>
          <tr>
            <th scope="col">{t("models.name")}</th>
            <th scope="col">{t("stage.production")}</th>
            <th scope="col">{t("stage.staging")}</th>
            <th scope="col">{t("models.latest")}</th>
            <th scope="col">{t("aliases.title")}</th>
            <th scope="col">{t("tags.title")}</th>
            <th scope="col" className="right">
              {t("models.updated")}
            </th>
            {canEdit && (
              <th scope="col" className="menu-cell">
                <span className="sr-only">{t("action.more")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <ModelRow key={model.name} model={model} canEdit={canEdit} />
          ))}
        </tbody>
      </Table>
      <LoadMore query={query} />
    </>
  );
}

function ModelRow({ model, canEdit }: { model: RegisteredModel; canEdit: boolean }) {
  return (
    <tr>
      <th scope="row" className="name-cell">
        <Link className="row-link" to="/models/$name" params={{ name: model.name }}>
          {model.name}
        </Link>
        {model.description !== undefined && <span className="stacked clamp">{model.description}</span>}
      </th>
      <td>
        <VersionLink name={model.name} version={model.production_version} />
      </td>
      <td>
        <VersionLink name={model.name} version={model.staging_version} />
      </td>
      <td>
        <VersionLink name={model.name} version={model.latest_version} />
      </td>
      <td className="chip-cell">
        <AliasChips name={model.name} aliases={model.aliases} />
      </td>
      <td className="chip-cell">
        <TagChips tags={model.tags} />
      </td>
      <td className="right">
        <TimeAgo at={model.updated_at ?? model.created_at} />
      </td>
      {canEdit && (
        <td className="menu-cell">
          <ModelMenu model={model} />
        </td>
      )}
    </tr>
  );
}
