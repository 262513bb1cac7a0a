import type { SubmitEvent } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-state";
import { readField, TextField } from "@/components/ui/field";
import { badLinkText, signInErrorText } from "@/lib/error-text";
import { useLanguage } from "@/lib/language";
import { useSignIn } from "../api";

interface Props {
  /** Whether a one-time link was tried before, in vain. */
  isLinkBad: boolean;
  onSignedIn: () => void;
}

export function SignInForm({ isLinkBad, onSignedIn }: Props) {
  const { t } = useLanguage();
  const signIn = useSignIn();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    signIn.mutate(
      { user_name: readField(form, "user_name").trim(), password: readField(form, "password") },
      { onSuccess: onSignedIn },
    );
  };
  return (
    <form className="sign-in-form" onSubmit={submit}>
      {signIn.isError && <ErrorNote text={signInErrorText(signIn.error, t)} />}
      {isLinkBad && signIn.isIdle && <ErrorNote text={badLinkText(t)} />}
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
        {t("signIn.hint")} <code>millwright users link NAME</code>
      </p>
    </form>
  );
}
