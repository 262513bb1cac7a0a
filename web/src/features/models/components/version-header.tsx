import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { PageHeader } from "@/components/ui/page-header";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { versionQuery } from "../api";
import { PromoteButton } from "./promote-dialog";
import { RollbackButton } from "./rollback-dialog";
import { StageBadge } from "./stage-badge";

export function VersionHeader({ name, version, canRelease }: { name: string; version: number; canRelease: boolean }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(versionQuery(name, version));
  const stage = data.stage ?? "STAGE_NONE";
  return (
    <PageHeader
      title={t("version.title", { name, version })}
      badge={<StageBadge stage={stage} />}
      trail={
        <>
          <Link to="/models">{t("models.title")}</Link>
          <span aria-hidden>/</span>
          <Link to="/models/$name" params={{ name }}>
            {name}
          </Link>
        </>
      }
      subtitle={
        <>
          {data.description !== undefined && <span>{data.description}</span>}
          <span>
            {t("versions.created")} <TimeAgo at={data.created_at} />
          </span>
          {data.created_by !== undefined && <span>{t("common.by", { name: data.created_by })}</span>}
        </>
      }
    >
      {canRelease && (
        <>
          {stage === "STAGE_PRODUCTION" && <RollbackButton name={name} current={version} />}
          <PromoteButton name={name} version={version} stage={stage} />
        </>
      )}
    </PageHeader>
  );
}
