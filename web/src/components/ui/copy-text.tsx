import { useState } from "react";
import { useLanguage } from "@/lib/language";
import { Icon } from "./icon";

/** A piece of text to paste elsewhere, cut to `show` characters. */
export function CopyText({ text, show }: { text: string; show?: number }) {
  const { t } = useLanguage();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <span className="copy-text">
      <code title={text}>{show === undefined ? text : text.slice(0, show)}</code>
      <button
        type="button"
        className="icon-button"
        aria-label={copied ? t("action.copied") : t("action.copy", { text })}
        onClick={() => void copy()}
        onBlur={() => setCopied(false)}
      >
        <Icon name={copied ? "check" : "copy"} />
      </button>
    </span>
  );
}
