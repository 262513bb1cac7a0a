import { useId } from "react";

interface Props {
  label: string;
  isChecked: boolean;
  isDisabled?: boolean;
  /** On hover: why it is off, or what it does. */
  title?: string;
  onChange: (isChecked: boolean) => void;
}

export function CheckField({ label, isChecked, isDisabled = false, title, onChange }: Props) {
  const id = useId();
  return (
    <span className="check-field" title={title}>
      <input
        id={id}
        type="checkbox"
        checked={isChecked}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
