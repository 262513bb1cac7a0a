import { ApiError } from "@/lib/api";

export interface FilterError {
  message: string;
  /** Of the character where it goes wrong, from 0; the filter's end when it stops too early. */
  place?: number;
}

/** What the platform says of a filter that it cannot read, or nothing when the error is of another kind. */
export function filterError(error: unknown): FilterError | undefined {
  if (!(error instanceof ApiError) || error.code !== "INVALID_ARGUMENT" || !error.message.startsWith("filter"))
    return undefined;
  const found = /^(.*) \(at character (\d+)(?::.*)?\)$/s.exec(error.message.replace(/^filter:\s*/, ""));
  if (found === null) return { message: error.message };
  return { message: found[1] ?? "", place: Number(found[2]) - 1 };
}

export interface PlacedText {
  before: string;
  /** The character at the place; a blank at the end of the text. */
  at: string;
  after: string;
}

/** The text parted at a place that counts whole characters, as the platform does. */
export function placeIn(text: string, place: number): PlacedText {
  const characters = Array.from(text);
  return {
    before: characters.slice(0, place).join(""),
    at: characters[place] ?? " ",
    after: characters.slice(place + 1).join(""),
  };
}
