import { useId, type ComponentProps, type ReactNode } from "react";

interface FieldProps {
  label: string;
  hint?: string;
  children: (ids: { id: string; "aria-describedby": string | undefined }) => ReactNode;
}

function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": hint === undefined ? undefined : hintId })}
      {hint !== undefined && (
        <span id={hintId} className="field-hint">
          {hint}
        </span>
      )}
    </div>
  );
}

type Labelled = { label: string; hint?: string };

export function TextField({ label, hint, ...rest }: Labelled & ComponentProps<"input">) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => <input className="input" {...ids} {...rest} />}
    </Field>
  );
}

export function TextArea({ label, hint, ...rest }: Labelled & ComponentProps<"textarea">) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => <textarea className="input" rows={3} {...ids} {...rest} />}
    </Field>
  );
}

interface SelectProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** The browser's own select: keyboard, touch and screen readers for nothing. */
export function SelectField<T extends string>({ label, value, options, onChange }: SelectProps<T>) {
  return (
    <Field label={label}>
      {(ids) => (
        <select
          className="input"
          {...ids}
          value={value}
          onChange={(event) => {
            const option = options.find((each) => each.value === event.target.value);
            if (option) onChange(option.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** The text in a form's field; a field that is not there reads as empty. */
export function readField(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}
