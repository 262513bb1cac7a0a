import { useState } from "react";
import { ActionMenu, type MenuAction } from "@/components/ui/action-menu";
import { LifecycleDialogs } from "@/components/ui/lifecycle-dialogs";
import { useLanguage } from "@/lib/language";
import { useDeleteExperiment, usePurgeExperiment, useRestoreExperiment, type Experiment } from "../api";
import { RenameDialog } from "./experiment-form";

/** What the person's role allows; the platform decides again. */
export interface Rights {
  canWrite: boolean;
  canPurge: boolean;
}

interface Props {
  experiment: Experiment;
  rights: Rights;
  /** After it is gone for good. */
  onPurged?: () => void;
}

export function ExperimentActions({ experiment, rights, onPurged }: Props) {
  const { t } = useLanguage();
  const [asked, ask] = useState<"rename" | "delete" | "restore" | "purge">();
  const remove = useDeleteExperiment(experiment.experiment_id);
  const restore = useRestoreExperiment(experiment.experiment_id);
  const purge = usePurgeExperiment(experiment.experiment_id);
  const { name } = experiment;
  const actions: MenuAction[] =
    experiment.is_deleted === true
      ? [
          { text: t("experiments.restore"), onSelect: () => ask("restore") },
          ...(rights.canPurge
            ? [{ text: t("experiments.purge"), danger: true, onSelect: () => ask("purge") } as const]
            : []),
        ]
      : [
          { text: t("experiments.rename"), onSelect: () => ask("rename") },
          // The Default is where runs go that name no experiment.
          ...(experiment.experiment_id === "0"
            ? []
            : [{ text: t("experiments.delete"), danger: true, onSelect: () => ask("delete") } as const]),
        ];
  if (!rights.canWrite) return null;
  const close = () => ask(undefined);
  return (
    <>
      <ActionMenu label={t("experiments.actionsOf", { name })} actions={actions} />
      <RenameDialog experiment={experiment} open={asked === "rename"} onClose={close} />
      <LifecycleDialogs
        name={name}
        asked={asked}
        steps={{
          delete: { text: t("experiments.deleteText"), confirm: t("experiments.delete"), act: remove },
          restore: { text: t("experiments.restoreText"), confirm: t("experiments.restore"), act: restore },
          purge: { text: t("experiments.purgeText"), confirm: t("experiments.purge"), act: purge },
        }}
        onClose={close}
        onPurged={onPurged}
      />
    </>
  );
}
