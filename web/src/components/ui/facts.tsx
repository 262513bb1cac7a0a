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

/** A nested JSON object as names such as "heads[0].learner" and values. */
export function factsOf(object: Record<string, unknown>, prefix = ""): Fact[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    if (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null))
      return [[name, <span className="value">{value.map(String).join(", ")}</span>] as const];
    if (Array.isArray(value)) return factsOf(Object.fromEntries(value.map((item, i) => [`[${i}]`, item])), name);
    if (typeof value === "object" && value !== null) return factsOf(value as Record<string, unknown>, `${name}.`);
    return [
      [name, <span className="value">{typeof value === "string" ? value : JSON.stringify(value)}</span>] as const,
    ];
  });
}
