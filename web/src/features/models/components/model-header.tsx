import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/ui/badge";
import { PageHeader } from "@/components/ui/page-header";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { modelQuery } from "../api";
import { ModelMenu } from "./model-menu";
import { RollbackButton } from "./rollback-dialog";

interface Props {
  name: string;
  canEdit: boolean;
  onRenamed: (name: string) => void;
  onDeleted: () => void;
}

export function ModelHeader({ name, canEdit, onRenamed, onDeleted }: Props) {
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
          <span>
            {t("models.created")} <TimeAgo at={model.created_at} />
          </span>
          {model.updated_at !== undefined && (
            <span>
              {t("models.updated")} <TimeAgo at={model.updated_at} />
            </span>
          )}
        </>
      }
    >
      {canEdit && (
        <>
          {production > 0 && <RollbackButton name={name} current={production} />}
          <ModelMenu model={model} onRenamed={onRenamed} onDeleted={onDeleted} />
        </>
      )}
    </PageHeader>
  );
}
