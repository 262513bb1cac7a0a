import * as Menu from "@radix-ui/react-dropdown-menu";
import { Icon } from "./icon";

export interface MenuAction {
  text: string;
  danger?: boolean;
  onSelect: () => void;
}

/** What else can be done to a thing, behind three dots. `label` names the thing. */
export function ActionMenu({ label, actions }: { label: string; actions: readonly MenuAction[] }) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="button button-quiet menu-button" aria-label={label}>
        <Icon name="more" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={4}>
          {actions.map(({ text, danger = false, onSelect }) => (
            <Menu.Item key={text} className={danger ? "menu-item bad-text" : "menu-item"} onSelect={onSelect}>
              {text}
            </Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}
