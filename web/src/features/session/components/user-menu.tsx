import * as Menu from "@radix-ui/react-dropdown-menu";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Icon } from "@/components/ui/icon";
import type { Role } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import { isLanguage, languages, type LabelKey } from "@/lib/messages";
import { setTheme, themes, useTheme } from "@/lib/theme";
import { sessionQuery, useSignOut } from "../api";

const roleText: Record<Role, LabelKey> = {
  ROLE_UNSPECIFIED: "role.none",
  ROLE_VIEWER: "role.viewer",
  ROLE_ENGINEER: "role.engineer",
  ROLE_ADMIN: "role.admin",
  ROLE_WORKER: "role.worker",
};

export function UserMenu({ onSignedOut }: { onSignedOut: () => void }) {
  const { t, language, setLanguage } = useLanguage();
  const { data: session } = useSuspenseQuery(sessionQuery);
  const theme = useTheme();
  const signOut = useSignOut();
  const role = t(roleText[session.role ?? "ROLE_UNSPECIFIED"]);
  return (
    <Menu.Root>
      <Menu.Trigger className="user-button" aria-label={t("menu.label", { user: session.user_name })}>
        <span className="avatar" aria-hidden>
          {session.user_name.slice(0, 2).toUpperCase()}
        </span>
        <span>
          <span className="user-name">{session.user_name}</span>
          <span className="user-role">
            {session.workspace === undefined || session.workspace === "default"
              ? role
              : `${role} · ${session.workspace}`}
          </span>
        </span>
        <Icon name="chevron" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" side="top" align="start" sideOffset={6}>
          <Menu.Label className="menu-label">{t("menu.language")}</Menu.Label>
          <Menu.RadioGroup
            value={language}
            onValueChange={(next) => {
              if (isLanguage(next)) setLanguage(next);
            }}
          >
            {Object.entries(languages).map(([code, name]) => (
              <Menu.RadioItem key={code} value={code} className="menu-item" lang={code}>
                {name}
                <Menu.ItemIndicator asChild>
                  <span>
                    <Icon name="check" />
                  </span>
                </Menu.ItemIndicator>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Separator className="menu-line" />
          <Menu.Label className="menu-label">{t("menu.theme")}</Menu.Label>
          <Menu.RadioGroup
            value={theme}
            onValueChange={(next) => setTheme(themes.find((each) => each === next) ?? "system")}
          >
            {themes.map((each) => (
              <Menu.RadioItem key={each} value={each} className="menu-item">
                {t(`theme.${each}`)}
                <Menu.ItemIndicator asChild>
                  <span>
                    <Icon name="check" />
                  </span>
                </Menu.ItemIndicator>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Separator className="menu-line" />
          <Menu.Item className="menu-item" onSelect={() => signOut.mutate(undefined, { onSuccess: onSignedOut })}>
            {t("menu.signOut")}
          </Menu.Item>
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
