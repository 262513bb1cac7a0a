import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { readField, TextField } from "@/components/ui/field";
import { signInErrorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { useSignIn } from "../api";

interface Props {
  /** Of a one-time link; used at once. */
  code: string | undefined;
  onSignedIn: () => void;
}

export function SignInForm({ code, onSignedIn }: Props) {
  const { t } = useLanguage();
  const signIn = useSignIn();
  const [byCode, setByCode] = useState(code !== undefined);
  const spent = useRef<string>(undefined);
  const { mutate } = signIn;

  useEffect(() => {
    // A code works once, and React's strict mode runs effects twice.
    if (code === undefined || spent.current === code) return;
    spent.current = code;
    mutate({ code }, { onSuccess: onSignedIn });
  }, [code, mutate, onSignedIn]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setByCode(false);
    mutate(
      { user_name: readField(form, "user_name").trim(), password: readField(form, "password") },
      { onSuccess: onSignedIn },
    );
  };

  if (byCode && (signIn.isPending || signIn.isIdle)) return <p role="status">{t("signIn.byCode")}</p>;
  return (
    <form className="sign-in-form" onSubmit={submit}>
      {signIn.isError && <ErrorNote text={signInErrorText(signIn.error, byCode, t)} />}
      <TextField label={t("signIn.userName")} name="user_name" autoComplete="username" required autoFocus />
      <TextField
        label={t("signIn.password")}
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      <Button type="submit" variant="primary" busy={signIn.isPending}>
        {t("signIn.submit")}
      </Button>
      <p className="muted sign-in-hint">
        {t("signIn.hint")} <code>millwright users sign-in-link NAME</code>
      </p>
    </form>
  );
}
