import * as Radix from "@radix-ui/react-dialog";
import type { ReactNode } from "react";
import { useLanguage } from "@/lib/language";
import { Icon } from "./icon";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  /** For forms with rows of fields. */
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onOpenChange, title, description, wide = false, children }: Props) {
  const { t } = useLanguage();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="overlay" />
        <Radix.Content className={wide ? "dialog dialog-wide" : "dialog"}>
          <Radix.Title className="dialog-title">{title}</Radix.Title>
          <Radix.Description className="muted">{description}</Radix.Description>
          {children}
          <Radix.Close className="button button-quiet dialog-close" aria-label={t("action.close")}>
            <Icon name="cross" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
