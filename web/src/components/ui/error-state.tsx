import type { ReactNode } from "react";
import { ApiError } from "@/lib/api";
import { errorText, type ErrorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { Button } from "./button";
import { Icon } from "./icon";

interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  /** A link to the list, for a thing that is not there. */
  elsewhere?: ReactNode;
}

/** In place of content that could not be had. */
export function ErrorState({ error, onRetry, elsewhere }: ErrorStateProps) {
  const { t } = useLanguage();
  const isMissing = error instanceof ApiError && error.code === "NOT_FOUND";
  return (
    <div className="state" role="alert">
      <Icon name="warning" className="state-icon bad" />
      <ErrorLines text={errorText(error, t)} />
      {isMissing && elsewhere}
      {!isMissing && onRetry && <Button onClick={onRetry}>{t("action.retry")}</Button>}
    </div>
  );
}

/** Beside the control whose action failed. */
export function ErrorNote({ text }: { text: ErrorText }) {
  return (
    <div className="note tone-bad" role="alert">
      <Icon name="warning" />
      <div>
        <ErrorLines text={text} />
      </div>
    </div>
  );
}

function ErrorLines({ text }: { text: ErrorText }) {
  const { t } = useLanguage();
  return (
    <>
      <strong>{text.title}</strong>
      {text.detail !== undefined && <p>{text.detail}</p>}
      {text.requestId !== undefined && (
        <p className="muted">
          {t("error.requestId")} <code>{text.requestId}</code>
        </p>
      )}
    </>
  );
}
