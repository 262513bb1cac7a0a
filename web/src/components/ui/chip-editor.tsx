import { useState, type ReactNode } from "react";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { ErrorNote } from "./error-state";
import { Icon } from "./icon";

interface Props {
  label: string;
  /** In place of no chips. */
  empty: string;
  /** On the button that adds one; without it there is none. */
  add?: string;
  onAdd: () => void;
  /** The open form, if one is. */
  form: ReactNode;
  remove: Pick<Act<string>, "isError" | "error">;
  /** Chips, each an `<li>`. */
  children: readonly ReactNode[];
}

/** A list of chips, and below it the form of one that is added or changed. */
export function ChipEditor({ label, empty, add, onAdd, form, remove, children }: Props) {
  const { t } = useLanguage();
  const isOpen = form !== undefined;
  // The keyboard's focus goes back to the button only when the form was open.
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (isOpen && !wasOpen) setWasOpen(true);
  return (
    <div className="chip-editor">
      <ul className="chips" aria-label={label}>
        {children}
        {children.length === 0 && !isOpen && <li className="muted">{empty}</li>}
        {add !== undefined && !isOpen && (
          <li>
            <button type="button" className="chip chip-add" autoFocus={wasOpen} onClick={onAdd}>
              <Icon name="plus" />
              {add}
            </button>
          </li>
        )}
      </ul>
      {remove.isError && <ErrorNote text={errorText(remove.error, t)} />}
      {form}
    </div>
  );
}
