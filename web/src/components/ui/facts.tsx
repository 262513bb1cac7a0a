import { Fragment, type ReactNode } from "react";

export type Fact = readonly [name: string, value: ReactNode];

/** Names and values in two columns. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{breakable(name)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Lets a long name break after a dot or underscore rather than inside a word. */
const breakable = (name: string): ReactNode =>
  name.split(/(?<=[._])/).map((part, i) => (
    <Fragment key={i}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ));

/** A nested JSON object as names with dots and values. */
export function factsOf(object: Record<string, unknown>, prefix = ""): Fact[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return factsOf(value as Record<string, unknown>, `${name}.`);
    return [
      [name, <span className="value">{typeof value === "string" ? value : JSON.stringify(value)}</span>] as const,
    ];
  });
}
