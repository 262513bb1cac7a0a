import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { LoadMore } from "@/components/ui/load-more";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { modelsQuery } from "../api";
import { VersionLink } from "./version-link";

export function ModelTable() {
  const { t } = useLanguage();
  const query = useSuspenseInfiniteQuery(modelsQuery);
  const models = query.data.pages.flatMap((page) => page.models ?? []);
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
            <th scope="col" className="right">
              {t("models.created")}
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.name}>
              <th scope="row" className="wide">
                <Link className="row-link" to="/models/$name" params={{ name: model.name }}>
                  {model.name}
                </Link>
                {model.description !== undefined && <span className="stacked clip">{model.description}</span>}
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
              <td className="right">
                <TimeAgo at={model.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      <LoadMore query={query} />
    </>
  );
}
