import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/ui/badge";
import { PageHeader } from "@/components/ui/page-header";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { modelQuery } from "../api";
import { RollbackButton } from "./rollback-dialog";

export function ModelHeader({ name, canRelease }: { name: string; canRelease: boolean }) {
  const { t } = useLanguage();
  const { data: model } = useSuspenseQuery(modelQuery(name));
  const production = model.production_version ?? 0;
  return (
    <PageHeader
      title={model.name}
      trail={<Link to="/models">{t("models.title")}</Link>}
      badge={
        production > 0 ? (
          <Badge tone="good">{t("model.inProduction", { version: production })}</Badge>
        ) : (
          <Badge>{t("model.notInProduction")}</Badge>
        )
      }
      subtitle={
        <>
          {model.description !== undefined && <span>{model.description}</span>}
          <span>
            {t("models.created")} <TimeAgo at={model.created_at} />
          </span>
        </>
      }
    >
      {canRelease && production > 0 && <RollbackButton name={name} current={production} />}
    </PageHeader>
  );
}
