import { ApiError, UNREACHABLE } from "./api";
import type { LabelKey, Translate } from "./messages";

export interface ErrorText {
  title: string;
  /** The platform's own sentence: it names the thing and what would be right. */
  detail?: string;
  requestId?: string;
}

const titles: Record<string, LabelKey> = {
  INVALID_ARGUMENT: "error.invalid",
  OUT_OF_RANGE: "error.invalid",
  UNAUTHENTICATED: "error.unauthenticated",
  PERMISSION_DENIED: "error.denied",
  NOT_FOUND: "error.notFound",
  ALREADY_EXISTS: "error.exists",
  FAILED_PRECONDITION: "error.refused",
  ABORTED: "error.aborted",
  RESOURCE_EXHAUSTED: "error.exhausted",
  UNAVAILABLE: "error.unavailable",
  DEADLINE_EXCEEDED: "error.timeout",
  [UNREACHABLE]: "error.unreachable",
};

/** The one place that makes sentences for people out of errors. */
export function errorText(error: unknown, t: Translate): ErrorText {
  if (!(error instanceof ApiError)) return { title: t("error.page"), detail: describe(error) };
  const title = t(titles[error.code] ?? "error.internal");
  const known = error.code in titles;
  return {
    title,
    detail: error.code === UNREACHABLE || error.message === "" ? undefined : error.message,
    // Our bug, or an outage: what support asks for first.
    requestId:
      !known || error.code === "UNAVAILABLE" || error.code === "DEADLINE_EXCEEDED" ? error.requestId : undefined,
  };
}

/** The platform says the same whatever was wrong with a password, so the page does too. */
export function signInErrorText(error: unknown, t: Translate): ErrorText {
  if (error instanceof ApiError && error.code === "UNAUTHENTICATED") return { title: t("signIn.badPassword") };
  return errorText(error, t);
}

export const badLinkText = (t: Translate): ErrorText => ({
  title: t("signIn.badCode"),
  detail: t("signIn.badCodeHint"),
});

function describe(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}
