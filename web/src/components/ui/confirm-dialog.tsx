import { useState, type ReactNode, type SubmitEvent } from "react";
import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { Dialog } from "./dialog";
import { TextField } from "./field";
import { FormEnd } from "./form-end";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  /** On the button that does it. */
  confirm: string;
  /** Must be typed first, for what cannot be taken back. */
  typed?: string;
  act: Omit<Act<void>, "mutate">;
  /** Does it, and calls `done` when it has been done. */
  onConfirm: (done: () => void) => void;
  children?: ReactNode;
}

export function ConfirmDialog(props: Props) {
  const { open, onOpenChange, title, description } = props;
  const change = (next: boolean) => {
    props.act.reset();
    onOpenChange(next);
  };
  return (
    <Dialog open={open} onOpenChange={change} title={title} description={description}>
      <ConfirmForm {...props} onOpenChange={change} />
    </Dialog>
  );
}

function ConfirmForm({ confirm, typed, act, onConfirm, onOpenChange, children }: Props) {
  const { t } = useLanguage();
  const [text, setText] = useState("");
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onConfirm(() => onOpenChange(false));
  };
  return (
    <form onSubmit={submit}>
      {children}
      {typed !== undefined && (
        <TextField
          label={t("confirm.type", { text: typed })}
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      <FormEnd
        act={act}
        submit={confirm}
        onCancel={() => onOpenChange(false)}
        variant="danger"
        disabled={typed !== undefined && text.trim() !== typed}
      />
    </form>
  );
}
