import { useState, type ReactNode, type SubmitEvent } from "react";
import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { ChipEditor } from "./chip-editor";
import { readField, TextField } from "./field";
import { Icon } from "./icon";
import { InlineForm } from "./inline-form";

interface Props {
  tags: Readonly<Record<string, string>>;
  canEdit: boolean;
  set: Act<{ key: string; value: string }>;
  remove: Act<string>;
}

/** Tags as chips; with `canEdit` each can be taken away, and a key with a value added. */
export function TagEditor({ tags, canEdit, set, remove }: Props) {
  const { t } = useLanguage();
  const [isAdding, setAdding] = useState(false);
  const entries = Object.entries(tags).sort(([a], [b]) => a.localeCompare(b));
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = readField(event.currentTarget, "key").trim();
    const value = readField(event.currentTarget, "value").trim();
    if (key !== "") set.mutate({ key, value }, { onSuccess: () => setAdding(false) });
  };
  const cancel = () => {
    set.reset();
    setAdding(false);
  };
  const form = (
    <InlineForm act={set} onSubmit={submit} onCancel={cancel}>
      <div className="field-row">
        <TextField label={t("tags.key")} name="key" required maxLength={250} autoComplete="off" autoFocus />
        <TextField label={t("tags.value")} name="value" maxLength={5000} autoComplete="off" />
      </div>
    </InlineForm>
  );
  return (
    <ChipEditor
      label={t("tags.title")}
      empty={t("tags.empty")}
      add={canEdit ? t("tags.add") : undefined}
      onAdd={() => setAdding(true)}
      form={isAdding ? form : undefined}
      remove={remove}
    >
      {entries.map(([key, value]) => (
        <TagChip key={key} name={key} value={value}>
          {canEdit && (
            <button
              type="button"
              className="icon-button"
              aria-label={t("tags.remove", { key })}
              disabled={remove.isPending}
              onClick={() => remove.mutate(key)}
            >
              <Icon name="cross" />
            </button>
          )}
        </TagChip>
      ))}
    </ChipEditor>
  );
}

/** The first few tags of a thing in a list. */
export function TagChips({ tags = {}, show = 3 }: { tags?: Readonly<Record<string, string>>; show?: number }) {
  const entries = Object.entries(tags).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return <span className="muted">–</span>;
  return (
    <ul className="chips">
      {entries.slice(0, show).map(([key, value]) => (
        <TagChip key={key} name={key} value={value} />
      ))}
      {entries.length > show && <li className="muted">+{entries.length - show}</li>}
    </ul>
  );
}

export function TagChip({ name, value, children }: { name: string; value: string; children?: ReactNode }) {
  return (
    <li className="chip" title={`${name} = ${value}`}>
      <span className="chip-key">{name}</span>
      {value !== "" && <span className="chip-value">{value}</span>}
      {children}
    </li>
  );
}
