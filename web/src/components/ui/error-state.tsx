import { errorText, type ErrorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { Button } from "./button";
import { Icon } from "./icon";

/** In place of content that could not be had. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useLanguage();
  return (
    <div className="state" role="alert">
      <Icon name="warning" className="state-icon bad" />
      <ErrorLines text={errorText(error, t)} />
      {onRetry && <Button onClick={onRetry}>{t("action.retry")}</Button>}
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
