import { useId } from "react";
import { Icon } from "./icon";

interface Props {
  label: string;
  /** What the field begins with; the field owns its text after that. */
  initial: string;
  onChange: (text: string) => void;
}

export function SearchField({ label, initial, onChange }: Props) {
  const id = useId();
  return (
    <div className="search-field">
      <Icon name="search" />
      <label className="sr-only" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        type="search"
        placeholder={label}
        defaultValue={initial}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
