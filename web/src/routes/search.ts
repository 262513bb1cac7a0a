// Search values are texts and stay texts: "0" is experiment "0", and a sign-in code never turns into a number.

export const readSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

export function writeSearch(search: Record<string, unknown>): string {
  const texts = Object.entries(search).filter((each): each is [string, string] => typeof each[1] === "string");
  const text = new URLSearchParams(texts).toString();
  return text === "" ? "" : `?${text}`;
}

/** A search parameter that may be left out; anything but a text counts as left out. */
export const optionalText = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
