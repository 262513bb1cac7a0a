import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { readField, TextArea } from "@/components/ui/field";
import { Icon } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";
import { promotionsQuery } from "../api";
import { useRollback } from "../edits";
import { previousVersion } from "../previous-version";
import { PromotionEntry } from "./promotion-entry";
import { FormEnd } from "@/components/ui/form-end";

export function RollbackButton({ name, current }: { name: string; current: number }) {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  // The version the person saw when they asked: should another be in Production by now, the platform refuses.
  const [expected, setExpected] = useState(current);
  return (
    <>
      <Button
        variant="danger"
        onClick={() => {
          setExpected(current);
          setOpen(true);
        }}
      >
        <Icon name="back" />
        {t("rollback.button")}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={t("rollback.title", { name })}
        description={<RollbackDescription name={name} current={expected} />}
      >
        <RollbackForm name={name} expected={expected} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function RollbackDescription({ name, current }: { name: string; current: number }) {
  const { t } = useLanguage();
  const { data } = useInfiniteQuery(promotionsQuery(name));
  const previous = previousVersion(data?.pages.flatMap((page) => page.promotions ?? []) ?? [], current);
  return previous === undefined
    ? t("rollback.toPrevious", { current })
    : t("rollback.toVersion", { current, previous });
}

function RollbackForm({ name, expected, onDone }: { name: string; expected: number; onDone: () => void }) {
  const { t } = useLanguage();
  const rollback = useRollback(name);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = readField(event.currentTarget, "reason").trim();
    if (reason !== "") rollback.mutate({ reason, expected_version: expected });
  };

  if (rollback.isSuccess)
    return (
      <div className="stack" role="status">
        <PromotionEntry entry={rollback.data} />
        <div className="dialog-actions">
          <Button variant="primary" onClick={onDone}>
            {t("action.done")}
          </Button>
        </div>
      </div>
    );
  return (
    <form onSubmit={submit}>
      <TextArea label={t("rollback.reason")} hint={t("rollback.reasonHint")} name="reason" required maxLength={2000} />
      <FormEnd act={rollback} submit={t("rollback.submit")} onCancel={onDone} variant="danger" />
    </form>
  );
}
