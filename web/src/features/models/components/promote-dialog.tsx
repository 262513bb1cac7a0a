import { useState, type SubmitEvent } from "react";
import { Boundary } from "@/components/ui/boundary";
import { Button } from "@/components/ui/button";
import { CheckField } from "@/components/ui/check-field";
import { DialogButton } from "@/components/ui/dialog-button";
import { readField, SelectField, TextArea } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import type { Stage } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import type { PromotableStage } from "../api";
import { usePromote } from "../edits";
import { promotableStages, stages } from "../stage";
import { GateCheck } from "./gate-check";
import { PromotionEntry } from "./promotion-entry";
import { FormEnd } from "@/components/ui/form-end";

interface Props {
  name: string;
  version: number;
  stage: Stage;
}

export function PromoteButton(props: Props) {
  const { t } = useLanguage();
  return (
    <DialogButton
      wide
      label={
        <>
          <Icon name="up" />
          {t("promote.button")}
        </>
      }
      variant="primary"
      title={t("promote.title", { name: props.name, version: props.version })}
      description={t("promote.description")}
    >
      {(close) => <PromoteForm {...props} onDone={close} />}
    </DialogButton>
  );
}

function PromoteForm({ name, version, stage, onDone }: Props & { onDone: () => void }) {
  const { t } = useLanguage();
  const promote = usePromote(name, version);
  const choices = promotableStages.filter((each) => each !== stage);
  const [target, setTarget] = useState<PromotableStage>(
    stage === "STAGE_PRODUCTION" ? "STAGE_ARCHIVED" : "STAGE_PRODUCTION",
  );
  // What the platform does itself when it is not told: Production holds one, the others any number.
  const [archive, setArchive] = useState<boolean>();
  const archives = archive ?? target === "STAGE_PRODUCTION";
  // One id for one filled-in form: pressing again after a lost answer promotes once.
  const [requestId, setRequestId] = useState(newRequestId);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = readField(event.currentTarget, "reason").trim();
    const request = { stage: target, reason, request_id: requestId, archive_existing_versions: archives };
    promote.mutate(request, { onError: () => setRequestId(newRequestId()) });
  };

  if (promote.isSuccess)
    return (
      <div className="stack" role="status">
        <PromotionEntry entry={promote.data} />
        <div className="dialog-actions">
          <Button variant="primary" onClick={onDone}>
            {t("action.done")}
          </Button>
        </div>
      </div>
    );
  return (
    <form onSubmit={submit}>
      <SelectField
        label={t("promote.stage")}
        value={target}
        options={choices.map((each) => ({ value: each, label: t(stages[each].text) }))}
        onChange={(next) => {
          promote.reset();
          setTarget(next);
          setArchive(undefined);
        }}
      />
      <Boundary lines={3}>
        <GateCheck key={target} name={name} version={version} stage={target} />
      </Boundary>
      {(target === "STAGE_PRODUCTION" || target === "STAGE_STAGING") && (
        <CheckField
          label={t("promote.archive", { stage: t(stages[target].text) })}
          isChecked={archives}
          onChange={setArchive}
        />
      )}
      <TextArea label={t("promote.reason")} name="reason" maxLength={2000} placeholder={t("promote.reasonHint")} />
      <FormEnd act={promote} submit={t("promote.submit", { stage: t(stages[target].text) })} onCancel={onDone} />
    </form>
  );
}

// crypto.randomUUID exists on https and localhost only; plants open the page over plain http too.
const newRequestId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
