import { useState, type SubmitEvent } from "react";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { Button } from "./button";
import { ErrorNote } from "./error-state";
import { readField, TextField } from "./field";
import { Icon } from "./icon";

interface Props {
  tags: Readonly<Record<string, string>>;
  canEdit: boolean;
  set: Act<{ key: string; value: string }>;
  remove: Act<string>;
}

/** Tags as chips; with `canEdit` each can be taken away, and a key with a value added. */
export function TagEditor({ tags, canEdit, set, remove }: Props) {
  const { t } = useLanguage();
  // Not yet anything at first: the keyboard's focus goes back to the button only when the form was open.
  const [isAdding, setAdding] = useState<boolean>();
  const entries = Object.entries(tags).sort(([a], [b]) => a.localeCompare(b));
  const close = () => {
    set.reset();
    setAdding(false);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = readField(event.currentTarget, "key").trim();
    const value = readField(event.currentTarget, "value").trim();
    if (key !== "") set.mutate({ key, value }, { onSuccess: () => setAdding(false) });
  };
  return (
    <div className="chip-editor">
      <ul className="chips" aria-label={t("tags.title")}>
        {entries.map(([key, value]) => (
          <li key={key} className="chip" title={`${key} = ${value}`}>
            <span className="chip-key">{key}</span>
            {value !== "" && <span className="chip-value">{value}</span>}
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
          </li>
        ))}
        {entries.length === 0 && isAdding !== true && <li className="muted">{t("tags.empty")}</li>}
        {canEdit && isAdding !== true && (
          <li>
            <button
              type="button"
              className="chip chip-add"
              autoFocus={isAdding === false}
              onClick={() => setAdding(true)}
            >
              <Icon name="plus" />
              {t("tags.add")}
            </button>
          </li>
        )}
      </ul>
      {remove.isError && <ErrorNote text={errorText(remove.error, t)} />}
      {isAdding === true && (
        <form
          className="stacked-form"
          onSubmit={submit}
          onKeyDown={(event) => {
            if (event.key === "Escape") close();
          }}
        >
          <div className="field-row">
            <TextField label={t("tags.key")} name="key" required maxLength={250} autoComplete="off" autoFocus />
            <TextField label={t("tags.value")} name="value" maxLength={5000} autoComplete="off" />
          </div>
          {set.isError && <ErrorNote text={errorText(set.error, t)} />}
          <div className="form-actions">
            <Button type="submit" variant="primary" busy={set.isPending}>
              {t("action.save")}
            </Button>
            <Button onClick={close}>{t("action.cancel")}</Button>
          </div>
        </form>
      )}
    </div>
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

export function TagChip({ name, value }: { name: string; value: string }) {
  return (
    <li className="chip" title={`${name} = ${value}`}>
      <span className="chip-key">{name}</span>
      {value !== "" && <span className="chip-value">{value}</span>}
    </li>
  );
}
