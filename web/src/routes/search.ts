/** A search parameter that may be left out; anything but a text counts as left out. */
export const optionalText = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
