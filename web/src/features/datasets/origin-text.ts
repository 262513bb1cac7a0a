import { readList, readObject, readText } from "@/lib/json-read";

/** What a version was made from, in a line: the kind, then the files' names or else the first facts. */
export function originText(origin: unknown): string {
  const { kind, file, files, ...others } = readObject(origin);
  const names = [file, ...readList(files)].flatMap((each) => readText(each) ?? readText(readObject(each).name) ?? []);
  const facts = Object.entries(others).flatMap(([key, value]) => {
    const text = readText(value);
    return text === undefined ? [] : [`${key} ${text}`];
  });
  const details = names.length > 0 ? names : facts;
  const shown = `${details.slice(0, 3).join(", ")}${details.length > 3 ? ", …" : ""}`;
  return [readText(kind), shown].filter((part) => part !== undefined && part !== "").join(": ") || "–";
}
