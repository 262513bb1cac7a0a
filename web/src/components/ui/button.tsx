import type { ComponentProps } from "react";

type Props = ComponentProps<"button"> & { variant?: "primary" | "plain" | "danger" | "quiet"; busy?: boolean };

export function Button({ variant = "plain", busy = false, className = "", disabled, type = "button", ...rest }: Props) {
  return (
    <button
      type={type}
      className={`button button-${variant} ${className}`}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    />
  );
}
