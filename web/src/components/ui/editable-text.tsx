import { useState, type ReactNode, type SubmitEvent } from "react";
import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { readField, TextArea } from "./field";
import { Icon } from "./icon";
import { InlineForm } from "./inline-form";

interface Props {
  label: string;
  text: string | undefined;
  /** In place of no text. */
  empty: string;
  canEdit: boolean;
  save: Act<string>;
  rows?: number;
  maxLength?: number;
  /** How the text is shown; as it is when left out. */
  render?: (text: string) => ReactNode;
}

/** A text that becomes a field when its pencil is pressed. */
export function EditableText({ label, text = "", empty, canEdit, save, rows = 3, maxLength = 5000, render }: Props) {
  const { t } = useLanguage();
  // Not yet anything at first: the keyboard's focus goes back to the pencil only when the field was open.
  const [isEditing, setEditing] = useState<boolean>();
  const close = () => {
    save.reset();
    setEditing(false);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    save.mutate(readField(event.currentTarget, "text").trim(), { onSuccess: () => setEditing(false) });
  };
  if (isEditing === true)
    return (
      <InlineForm act={save} onSubmit={submit} onCancel={close}>
        <TextArea label={label} name="text" defaultValue={text} rows={rows} maxLength={maxLength} autoFocus />
      </InlineForm>
    );
  return (
    <div className="editable">
      {text !== "" && render !== undefined ? (
        render(text)
      ) : (
        <p className={text === "" ? "muted" : "prose"}>{text === "" ? empty : text}</p>
      )}
      {canEdit && (
        <button
          type="button"
          className="icon-button"
          aria-label={t("action.edit", { thing: label })}
          autoFocus={isEditing === false}
          onClick={() => setEditing(true)}
        >
          <Icon name="pencil" />
        </button>
      )}
    </div>
  );
}
