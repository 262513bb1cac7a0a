import { useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/check-field";
import { CopyText } from "@/components/ui/copy-text";
import { DialogButton } from "@/components/ui/dialog-button";
import { readField, SelectField, TextField } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { FormEnd } from "@/components/ui/form-end";
import { useLanguage } from "@/lib/language";
import { useCreateWebhook } from "../api";
import { eventKinds } from "../events";

export function CreateWebhookButton({ model }: { model: string }) {
  const { t } = useLanguage();
  return (
    <DialogButton
      label={
        <>
          <Icon name="plus" />
          {t("webhooks.add")}
        </>
      }
      className="button-small"
      title={t("webhooks.addTitle", { name: model })}
      description={t("webhooks.addDescription")}
    >
      {(close) => <CreateWebhookForm model={model} onDone={close} />}
    </DialogButton>
  );
}

function CreateWebhookForm({ model, onDone }: { model: string; onDone: () => void }) {
  const { t } = useLanguage();
  const create = useCreateWebhook();
  const [scope, setScope] = useState<"model" | "all">("model");
  const [which, setWhich] = useState<"all" | "some">("all");
  const [events, setEvents] = useState<readonly string[]>(["version.transitioned", "version.refused"]);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    create.mutate({
      name: readField(form, "name").trim(),
      url: readField(form, "url").trim(),
      ...(scope === "model" ? { model } : {}),
      ...(which === "some" ? { events: [...events] } : {}),
      ...(readField(form, "secret") === "" ? {} : { secret: readField(form, "secret") }),
    });
  };
  if (create.isSuccess)
    return (
      <div className="stack" role="status">
        <div className="secret">
          <strong>{t("webhooks.secret")}</strong>
          <CopyText text={create.data.secret} />
          <p className="muted">{t("webhooks.secretOnce")}</p>
        </div>
        <div className="dialog-actions">
          <Button variant="primary" onClick={onDone}>
            {t("action.done")}
          </Button>
        </div>
      </div>
    );
  return (
    <form onSubmit={submit}>
      <TextField label={t("webhooks.name")} name="name" required maxLength={63} autoComplete="off" />
      <TextField
        label={t("webhooks.url")}
        name="url"
        type="url"
        required
        maxLength={2000}
        placeholder="https://ci.example.com/hooks/millwright"
        autoComplete="off"
        spellCheck={false}
      />
      <div className="field-row">
        <SelectField
          label={t("webhooks.model")}
          value={scope}
          options={[
            { value: "model", label: t("webhooks.onlyModel") },
            { value: "all", label: t("webhooks.all") },
          ]}
          onChange={setScope}
        />
        <SelectField
          label={t("webhooks.events")}
          value={which}
          options={[
            { value: "all", label: t("webhooks.allEvents") },
            { value: "some", label: t("webhooks.selectEvents") },
          ]}
          onChange={setWhich}
        />
      </div>
      {which === "some" && (
        <fieldset className="fieldset check-grid">
          <legend className="sr-only">{t("webhooks.events")}</legend>
          {eventKinds.map((kind) => (
            <CheckField
              key={kind}
              label={kind}
              isChecked={events.includes(kind)}
              onChange={(isChecked) =>
                setEvents((old) => (isChecked ? [...old, kind] : old.filter((each) => each !== kind)))
              }
            />
          ))}
        </fieldset>
      )}
      <TextField
        label={t("webhooks.secretField")}
        hint={t("webhooks.secretHint")}
        name="secret"
        type="password"
        minLength={16}
        maxLength={200}
        autoComplete="new-password"
      />
      <FormEnd
        act={create}
        submit={t("webhooks.submit")}
        onCancel={onDone}
        disabled={which === "some" && events.length === 0}
      />
    </form>
  );
}
