import type { SubmitEvent } from "react";
import { Dialog } from "@/components/ui/dialog";
import { DialogButton } from "@/components/ui/dialog-button";
import { readField, TextArea, TextField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { FormEnd } from "@/components/ui/form-end";
import { useLanguage } from "@/lib/language";
import { useCreateExperiment, useRenameExperiment, type Experiment } from "../api";

/** The platform's bound, in characters. */
const MAX_NAME = 500;

export function NewExperimentButton({ onCreated }: { onCreated: (experiment: Experiment) => void }) {
  const { t } = useLanguage();
  return (
    <DialogButton
      label={
        <>
          <Icon name="plus" />
          {t("experiments.new")}
        </>
      }
      variant="primary"
      title={t("experiments.new")}
      description={t("experiments.newDescription")}
    >
      {(close) => (
        <NewExperimentForm
          onCancel={close}
          onCreated={(experiment) => {
            close();
            onCreated(experiment);
          }}
        />
      )}
    </DialogButton>
  );
}

interface FormProps {
  onCancel: () => void;
  onCreated: (experiment: Experiment) => void;
}

function NewExperimentForm({ onCancel, onCreated }: FormProps) {
  const { t } = useLanguage();
  const create = useCreateExperiment();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    create.mutate(
      { name: readField(form, "name").trim(), note: readField(form, "note").trim() },
      { onSuccess: onCreated },
    );
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={t("experiments.name")}
        hint={t("experiments.nameHint")}
        name="name"
        required
        maxLength={MAX_NAME}
        autoComplete="off"
        autoFocus
      />
      <TextArea label={t("experiments.note")} name="note" maxLength={5000} />
      <FormEnd act={create} submit={t("experiments.create")} onCancel={onCancel} />
    </form>
  );
}

interface RenameProps {
  experiment: Experiment;
  open: boolean;
  onClose: () => void;
}

export function RenameDialog({ experiment, open, onClose }: RenameProps) {
  const { t } = useLanguage();
  return (
    <Dialog
      open={open}
      onOpenChange={onClose}
      title={t("experiments.renameTitle", { name: experiment.name })}
      description={t("experiments.nameHint")}
    >
      <RenameForm experiment={experiment} onDone={onClose} />
    </Dialog>
  );
}

function RenameForm({ experiment, onDone }: { experiment: Experiment; onDone: () => void }) {
  const { t } = useLanguage();
  const rename = useRenameExperiment(experiment.experiment_id);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    rename.mutate(readField(event.currentTarget, "name").trim(), { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={t("experiments.name")}
        name="name"
        required
        maxLength={MAX_NAME}
        defaultValue={experiment.name}
        autoComplete="off"
        autoFocus
      />
      <FormEnd act={rename} submit={t("experiments.rename")} onCancel={onDone} />
    </form>
  );
}
