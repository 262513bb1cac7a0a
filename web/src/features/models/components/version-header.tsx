import { useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ActionMenu } from "@/components/ui/action-menu";
import { CheckField } from "@/components/ui/check-field";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Icon } from "@/components/ui/icon";
import { PageHeader } from "@/components/ui/page-header";
import { TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import { modelQuery, versionQuery } from "../api";
import { useDeleteVersion } from "../edits";
import { PromoteButton } from "./promote-dialog";
import { RollbackButton } from "./rollback-dialog";
import { StageBadge } from "./stage-badge";

interface Props {
  name: string;
  version: number;
  canEdit: boolean;
  onDeleted: () => void;
}

export function VersionHeader({ name, version, canEdit, onDeleted }: Props) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(versionQuery(name, version));
  const { data: model } = useSuspenseQuery(modelQuery(name));
  const stage = data.stage ?? "STAGE_NONE";
  // With what answers now, else with the version before.
  const production = model.production_version ?? 0;
  const other = production > 0 && production !== version ? production : version - 1;
  return (
    <PageHeader
      title={t("version.title", { name, version })}
      badge={
        <>
          <StageBadge stage={stage} />
          {data.aliases?.map((alias) => (
            <span key={alias} className="chip chip-alias">
              <span className="chip-key">@{alias}</span>
            </span>
          ))}
        </>
      }
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
          <span>
            {t("versions.created")} <TimeAgo at={data.created_at} />
          </span>
          {data.created_by !== undefined && <span>{t("common.by", { name: data.created_by })}</span>}
        </>
      }
    >
      <Link
        className="button"
        to="/models/$name/versions/$version/compare"
        params={{ name, version: String(version) }}
        search={other > 0 ? { with: String(other) } : {}}
      >
        <Icon name="compare" />
        {t("compare.action")}
      </Link>
      {canEdit && (
        <>
          {stage === "STAGE_PRODUCTION" && <RollbackButton name={name} current={version} />}
          <PromoteButton name={name} version={version} stage={stage} />
          <VersionMenu
            name={name}
            version={version}
            isInProduction={stage === "STAGE_PRODUCTION"}
            onDeleted={onDeleted}
          />
        </>
      )}
    </PageHeader>
  );
}

interface MenuProps {
  name: string;
  version: number;
  isInProduction: boolean;
  onDeleted: () => void;
}

function VersionMenu({ name, version, isInProduction, onDeleted }: MenuProps) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  const [allowProduction, setAllowProduction] = useState(false);
  const remove = useDeleteVersion(name, version, allowProduction);
  return (
    <>
      <ActionMenu
        label={t("version.actions", { version })}
        actions={[{ text: t("deleteVersion.action"), danger: true, onSelect: () => setOpen(true) }]}
      />
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={t("deleteVersion.title", { name, version })}
        description={t("deleteVersion.description")}
        confirm={t("deleteVersion.submit")}
        act={remove}
        onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted })}
      >
        {isInProduction && (
          <CheckField
            label={t("deleteVersion.allowProduction")}
            isChecked={allowProduction}
            onChange={setAllowProduction}
          />
        )}
      </ConfirmDialog>
    </>
  );
}
