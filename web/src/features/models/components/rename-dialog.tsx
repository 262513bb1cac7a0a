import type { SubmitEvent } from "react";
import { Dialog } from "@/components/ui/dialog";
import { readField, TextField } from "@/components/ui/field";
import { FormEnd } from "@/components/ui/form-end";
import { useLanguage } from "@/lib/language";
import { useRenameModel } from "../edits";
import { NAME_PATTERN } from "../model-name";

interface Props {
  name: string;
  open: boolean;
  onClose: () => void;
  onDone?: (name: string) => void;
}

export function RenameDialog(props: Props) {
  const { t } = useLanguage();
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onClose}
      title={t("rename.title", { name: props.name })}
      description={t("rename.description")}
    >
      <RenameForm {...props} />
    </Dialog>
  );
}

function RenameForm({ name, onClose, onDone }: Props) {
  const { t } = useLanguage();
  const rename = useRenameModel(name);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const next = readField(event.currentTarget, "name").trim();
    rename.mutate(next, {
      onSuccess: () => {
        onClose();
        onDone?.(next);
      },
    });
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={t("rename.newName")}
        name="name"
        defaultValue={name}
        required
        maxLength={256}
        pattern={NAME_PATTERN}
        title={t("models.nameHint")}
        hint={t("models.nameHint")}
        autoComplete="off"
      />
      <FormEnd act={rename} submit={t("rename.action")} onCancel={onClose} />
    </form>
  );
}
