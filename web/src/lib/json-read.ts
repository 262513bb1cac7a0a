// Reading JSON that the platform passes on as it is: what is missing or of another kind is left out, and never breaks a page.

export type Json = Readonly<Record<string, unknown>>;

export const readObject = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

export const readList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** Undefined numbers are null or left out there. */
export const readNumber = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const readNumbers = (value: unknown): number[] => readList(value).map((each) => readNumber(each) ?? Number.NaN);

export const readText = (value: unknown): string | undefined => {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
};

/** Nothing where there is nothing. */
export const readIf = <T>(value: unknown, read: (value: unknown) => T): T | undefined =>
  value === undefined || value === null ? undefined : read(value);
