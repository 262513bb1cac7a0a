import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Table } from "@/components/ui/table";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { deploymentsQuery, productionModels, servingQuery, type ProductionModel } from "../api";
import { loadStates } from "../load-state";

export function ProductionTable() {
  const { t } = useLanguage();
  const { data: deployments } = useSuspenseQuery(deploymentsQuery);
  // Serving may be away; what the registry says is still worth showing.
  const serving = useQuery(servingQuery);
  const models = productionModels(deployments.deployments ?? [], serving.isError ? undefined : serving.data);
  if (models.length === 0)
    return (
      <EmptyState icon="models" title={t("production.empty")}>
        {t("production.emptyHint")}
      </EmptyState>
    );
  return (
    <Table label={t("production.title")}>
      <thead>
        <tr>
          <th scope="col">{t("production.model")}</th>
          <th scope="col">{t("production.state")}</th>
          <th scope="col" className="right">
            {t("production.requests")}
          </th>
          <th scope="col" className="right">
            {t("production.since")}
          </th>
        </tr>
      </thead>
      <tbody>
        {models.map((model) => (
          <ProductionRow key={model.name} model={model} />
        ))}
      </tbody>
    </Table>
  );
}

function ProductionRow({ model }: { model: ProductionModel }) {
  const { t, format } = useLanguage();
  const { text, tone, live } = loadStates[model.loaded?.state ?? "LOAD_STATE_UNSPECIFIED"];
  const answering = model.loaded?.version ?? 0;
  return (
    <tr>
      <th scope="row">
        <Link className="row-link" to="/models/$name" params={{ name: model.name }}>
          {model.name}
        </Link>
        <span className="stacked">
          <Link to="/models/$name/versions/$version" params={{ name: model.name, version: String(model.version) }}>
            {t("version.short", { version: model.version })}
          </Link>
        </span>
      </th>
      <td>
        <Badge tone={tone} live={live}>
          {t(text)}
        </Badge>
        {answering !== 0 && answering !== model.version && (
          <span className="stacked">{t("serving.stillOn", { version: answering })}</span>
        )}
        {model.loaded?.reason !== undefined && <span className="stacked ellipsis">{model.loaded.reason}</span>}
      </td>
      <td className="right">
        {model.loaded === undefined ? <span className="muted">–</span> : format.count(model.loaded.requests)}
        {(model.loaded?.failures ?? 0) > 0 && (
          <span className="stacked">{t("serving.failures", { count: format.count(model.loaded?.failures) })}</span>
        )}
      </td>
      <td className="right">
        <TimeAgo at={model.since} />
      </td>
    </tr>
  );
}
