import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { Button } from "./button";
import { ErrorNote } from "./error-state";

interface Props {
  act: Pick<Act<unknown>, "isError" | "error" | "isPending">;
  /** On the button that sends the form. */
  submit: string;
  variant?: "primary" | "danger";
  disabled?: boolean;
  onCancel: () => void;
}

/** The end of a dialog's form: what went wrong, and the two buttons. */
export function FormEnd({ act, submit, variant = "primary", disabled, onCancel }: Props) {
  const { t } = useLanguage();
  return (
    <>
      {act.isError && <ErrorNote text={errorText(act.error, t)} />}
      <div className="dialog-actions">
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
        <Button type="submit" variant={variant} busy={act.isPending} disabled={disabled}>
          {submit}
        </Button>
      </div>
    </>
  );
}
