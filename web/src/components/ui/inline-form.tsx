import type { ReactNode, SubmitEventHandler } from "react";
import { errorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import type { Act } from "@/lib/mutation";
import { Button } from "./button";
import { ErrorNote } from "./error-state";

interface Props {
  act: Pick<Act<unknown>, "isError" | "error" | "isPending">;
  onSubmit: SubmitEventHandler<HTMLFormElement>;
  onCancel: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A short form in the place of what it edits; Escape leaves it. */
export function InlineForm({ act, onSubmit, onCancel, children }: Props) {
  const { t } = useLanguage();
  return (
    <form
      className="stacked-form"
      onSubmit={onSubmit}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
    >
      {children}
      {act.isError && <ErrorNote text={errorText(act.error, t)} />}
      <div className="form-actions">
        <Button type="submit" variant="primary" busy={act.isPending}>
          {t("action.save")}
        </Button>
        <Button onClick={onCancel}>{t("action.cancel")}</Button>
      </div>
    </form>
  );
}
