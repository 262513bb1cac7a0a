import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/ui/badge";
import { PageHeader } from "@/components/ui/page-header";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { datasetVersionQuery } from "../api";
import { readColumns } from "../column-facts";
import { readValidation } from "../validation";

export function VersionHeader({ id }: { id: string }) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(datasetVersionQuery(id));
  const name = data.name ?? id;
  return (
    <PageHeader
      title={t("version.title", { name, version: data.version ?? 0 })}
      badge={<ValidationBadge validation={data.validation} />}
      trail={
        <>
          <Link to="/datasets">{t("datasets.title")}</Link>
          <span aria-hidden>/</span>
          <Link to="/datasets/$name" params={{ name }}>
            {name}
          </Link>
        </>
      }
      subtitle={
        <>
          <span>{t("datasets.rowCount", { count: format.count(data.row_count) })}</span>
          <span>{t("datasets.columnCount", { count: format.count(readColumns(data).length) })}</span>
          <TimeAgo at={data.created_at} />
        </>
      }
    />
  );
}

function ValidationBadge({ validation: json }: { validation: unknown }) {
  const { t } = useLanguage();
  const validation = readValidation(json);
  if (validation === undefined || validation.rules.length === 0) return <Badge>{t("validation.notChecked")}</Badge>;
  if (validation.errors > 0) return <Badge tone="bad">{t("validation.hasErrors", { count: validation.errors })}</Badge>;
  return validation.warnings > 0 ? (
    <Badge tone="warn">{t("validation.hasWarnings", { count: validation.warnings })}</Badge>
  ) : (
    <Badge tone="good">{t("validation.valid")}</Badge>
  );
}
