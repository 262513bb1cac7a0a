import { useId, type ReactNode } from "react";

interface Props {
  /** Left out when the page's own title says it. */
  title?: string;
  note?: ReactNode;
  actions?: ReactNode;
  /** The content reaches the card's edges: for tables. */
  flush?: boolean;
  children: ReactNode;
}

export function Card({ title, note, actions, flush = false, children }: Props) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className="card-head">
          <h2 id={id}>{title}</h2>
          {note !== undefined && <span className="card-note">{note}</span>}
          {actions !== undefined && <div className="card-actions">{actions}</div>}
        </div>
      )}
      <div className={flush ? "card-body flush" : "card-body"}>{children}</div>
    </section>
  );
}
