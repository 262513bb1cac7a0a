import { useEffect, type ReactNode } from "react";

interface Props {
  title: string;
  badge?: ReactNode;
  subtitle?: ReactNode;
  /** Links to the pages above. */
  trail?: ReactNode;
  /** Buttons. */
  children?: ReactNode;
}

export function PageHeader({ title, badge, subtitle, trail, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Millwright`;
  }, [title]);
  return (
    <header className="page-header">
      <div className="page-header-text">
        {trail !== undefined && <nav className="trail">{trail}</nav>}
        <div className="page-title">
          <h1>{title}</h1>
          {badge}
        </div>
        {subtitle !== undefined && <div className="subtitle">{subtitle}</div>}
      </div>
      {children !== undefined && <div className="page-actions">{children}</div>}
    </header>
  );
}
