import type { SubmitEvent } from "react";
import { DialogButton } from "@/components/ui/dialog-button";
import { readField, TextArea, TextField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { FormEnd } from "@/components/ui/form-end";
import { useLanguage } from "@/lib/language";
import { useCreateModel } from "../edits";
import { NAME_PATTERN } from "../model-name";

export function CreateModelButton({ onCreated }: { onCreated: (name: string) => void }) {
  const { t } = useLanguage();
  return (
    <DialogButton
      label={
        <>
          <Icon name="plus" />
          {t("createModel.button")}
        </>
      }
      variant="primary"
      title={t("createModel.title")}
      description={t("createModel.description")}
    >
      {(close) => <CreateModelForm onCancel={close} onCreated={onCreated} />}
    </DialogButton>
  );
}

function CreateModelForm({ onCancel, onCreated }: { onCancel: () => void; onCreated: (name: string) => void }) {
  const { t } = useLanguage();
  const create = useCreateModel();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = readField(event.currentTarget, "name").trim();
    const description = readField(event.currentTarget, "description").trim();
    create.mutate({ name, description }, { onSuccess: (model) => onCreated(model.name) });
  };
  return (
    <form onSubmit={submit}>
      <TextField
        label={t("createModel.name")}
        name="name"
        required
        maxLength={256}
        pattern={NAME_PATTERN}
        title={t("models.nameHint")}
        hint={t("models.nameHint")}
        autoComplete="off"
        spellCheck={false}
      />
      <TextArea label={t("about.description")} name="description" maxLength={5000} />
      <FormEnd act={create} submit={t("createModel.submit")} onCancel={onCancel} />
    </form>
  );
}
