import { readList, readNumber, readObject, readText, type Json } from "@/lib/json-read";

export interface RuleResult {
  rule: string;
  /** Nothing for rules on the whole. */
  column?: string;
  isError: boolean;
  /** The share that must pass. */
  mostly?: number;
  /** The rule's own settings, such as "min" and "max". */
  settings: Json;
  hasPassed: boolean;
  checked?: number;
  failed?: number;
  message?: string;
  examples: readonly RuleExample[];
}

/** One place where a rule did not hold. */
export interface RuleExample {
  row?: string;
  asset?: string;
  value?: string;
  message?: string;
}

export interface Validation {
  hasPassed: boolean;
  errors: number;
  warnings: number;
  rules: readonly RuleResult[];
  inferred: readonly RuleResult[];
}

/** What a version's rows were checked for; nothing when the platform did not say. */
export function readValidation(json: unknown): Validation | undefined {
  const validation = readObject(json);
  if (Object.keys(validation).length === 0) return undefined;
  const rules = readList(validation.rules).map(readRule);
  return {
    hasPassed: validation.passed !== false,
    errors: readNumber(validation.errors) ?? rules.filter((rule) => !rule.hasPassed && rule.isError).length,
    warnings: readNumber(validation.warnings) ?? rules.filter((rule) => !rule.hasPassed && !rule.isError).length,
    rules,
    inferred: readList(validation.inferred).map(readRule),
  };
}

function readRule(json: unknown): RuleResult {
  const { rule, column, severity, mostly, passed, checked, failed, message, examples, ...settings } = readObject(json);
  return {
    rule: readText(rule) ?? "",
    column: readText(column),
    isError: severity !== "warning",
    mostly: readNumber(mostly),
    settings,
    hasPassed: passed !== false,
    checked: readNumber(checked),
    failed: readNumber(failed),
    message: readText(message),
    examples: readList(examples).map((each) => {
      const example = readObject(each);
      return {
        row: readText(example.row),
        asset: readText(example.asset),
        value: readText(example.value),
        message: readText(example.message),
      };
    }),
  };
}

/** A rule's settings in a line. */
export function settingsText(settings: Json): string {
  // Their JSON has them by the alphabet.
  const order = ([name]: [string, unknown]) => (name.startsWith("min") ? 0 : name.startsWith("max") ? 1 : 2);
  return Object.entries(settings)
    .sort((a, b) => order(a) - order(b))
    .flatMap(([name, value]) => {
      const list = readList(value);
      const text = list.length > 0 ? listText(list) : shortText(value);
      return text === undefined ? [] : [`${name.replaceAll("_", " ")} ${text}`];
    })
    .join(", ");
}

const MAX_SHOWN = 8;

const shortText = (value: unknown): string | undefined =>
  readText(typeof value === "number" ? Number(value.toPrecision(6)) : value);

function listText(list: readonly unknown[]): string {
  const texts = list.slice(0, MAX_SHOWN).map((each) => shortText(each) ?? "?");
  return `{${texts.join(", ")}${list.length > MAX_SHOWN ? `, … ${list.length}` : ""}}`;
}
