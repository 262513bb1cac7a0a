import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type SubmitEvent } from "react";
import { ActionMenu, type MenuAction } from "@/components/ui/action-menu";
import { Badge } from "@/components/ui/badge";
import { LifecycleDialogs } from "@/components/ui/lifecycle-dialogs";
import { CopyText } from "@/components/ui/copy-text";
import { Dialog } from "@/components/ui/dialog";
import { readField, TextField } from "@/components/ui/field";
import { PageHeader } from "@/components/ui/page-header";
import { Duration, TimeAgo } from "@/components/ui/time";
import { useLanguage } from "@/lib/language";
import {
  experimentsQuery,
  isActive,
  runQuery,
  useDeleteRuns,
  usePurgeRun,
  useRenameRun,
  useRestoreRuns,
  type Run,
} from "../api";
import { RunStatusBadge } from "./run-status-badge";
import { FormEnd } from "@/components/ui/form-end";

interface Props {
  id: string;
  canWrite: boolean;
  canPurge: boolean;
  onPurged: () => void;
}

export function RunHeader({ id, canWrite, canPurge, onPurged }: Props) {
  const { t } = useLanguage();
  const { data: run } = useSuspenseQuery(runQuery(id));
  const { data: experiments } = useQuery(experimentsQuery);
  const experiment = run.experiment_id ?? "0";
  const experimentName =
    experiments?.experiments?.find((each) => each.experiment_id === experiment)?.name ?? experiment;
  return (
    <PageHeader
      title={run.name ?? run.run_id}
      badge={
        <>
          <RunStatusBadge status={run.status} reason={run.status_reason} />
          {run.is_deleted === true && <Badge tone="warn">{t("experiments.deleted")}</Badge>}
        </>
      }
      trail={
        <>
          <Link to="/experiments">{t("experiments.title")}</Link>
          <span aria-hidden>/</span>
          <Link to="/experiments/$experimentId" params={{ experimentId: experiment }}>
            {experimentName}
          </Link>
        </>
      }
      subtitle={
        <>
          <CopyText text={run.run_id} show={12} />
          <span>
            {t("runs.started")} <TimeAgo at={run.started_at} />
          </span>
          {(run.ended_at !== undefined || isActive(run)) && (
            <span>
              {t("runs.duration")} <Duration from={run.started_at} to={run.ended_at} />
            </span>
          )}
          {run.user !== undefined && <span>{t("common.by", { name: run.user })}</span>}
        </>
      }
    >
      {canWrite && <RunActions run={run} canPurge={canPurge} onPurged={onPurged} />}
    </PageHeader>
  );
}

function RunActions({ run, canPurge, onPurged }: { run: Run; canPurge: boolean; onPurged: () => void }) {
  const { t } = useLanguage();
  const [asked, ask] = useState<"rename" | "delete" | "restore" | "purge">();
  const remove = useDeleteRuns([run.run_id]);
  const restore = useRestoreRuns([run.run_id]);
  const purge = usePurgeRun(run.run_id);
  const name = run.name ?? run.run_id;
  const close = () => ask(undefined);
  const actions: MenuAction[] =
    run.is_deleted === true
      ? [
          { text: t("runs.restore"), onSelect: () => ask("restore") },
          ...(canPurge ? [{ text: t("experiments.purge"), danger: true, onSelect: () => ask("purge") } as const] : []),
        ]
      : [
          { text: t("experiments.rename"), onSelect: () => ask("rename") },
          { text: t("runs.delete"), danger: true, onSelect: () => ask("delete") },
        ];
  return (
    <>
      <ActionMenu label={t("run.actions", { name })} actions={actions} />
      <Dialog
        open={asked === "rename"}
        onOpenChange={close}
        title={t("experiments.renameTitle", { name })}
        description={t("run.renameText")}
      >
        <RenameForm run={run} onDone={close} />
      </Dialog>
      <LifecycleDialogs
        name={name}
        asked={asked}
        steps={{
          delete: { text: t("runs.deleteText"), confirm: t("runs.delete"), act: remove },
          restore: { text: t("runs.restoreText"), confirm: t("runs.restore"), act: restore },
          purge: { text: t("run.purgeText"), confirm: t("experiments.purge"), act: purge },
        }}
        onClose={close}
        onPurged={onPurged}
      />
    </>
  );
}

function RenameForm({ run, onDone }: { run: Run; onDone: () => void }) {
  const { t } = useLanguage();
  const rename = useRenameRun(run.run_id);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    rename.mutate(readField(event.currentTarget, "name").trim(), { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <TextField label={t("runs.name")} name="name" required defaultValue={run.name} autoComplete="off" autoFocus />
      <FormEnd act={rename} submit={t("experiments.rename")} onCancel={onDone} />
    </form>
  );
}
