import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";

export function EmptyState({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <Icon name={icon} className="state-icon" />
      <strong>{title}</strong>
      {children !== undefined && <div className="muted state-text">{children}</div>}
    </div>
  );
}
