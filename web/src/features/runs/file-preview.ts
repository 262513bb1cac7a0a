/** How a file is shown. Nothing is ever run: markup is text, a picture is an <img>, which runs no script. */
export type PreviewKind = "image" | "table" | "json" | "markdown" | "text";

const kinds: Record<string, PreviewKind> = {
  png: "image",
  jpg: "image",
  jpeg: "image",
  gif: "image",
  webp: "image",
  bmp: "image",
  avif: "image",
  svg: "image",
  csv: "table",
  tsv: "table",
  json: "json",
  md: "markdown",
};

/** By the file's name; what is not known is tried as text. */
export function previewKind(path: string): PreviewKind {
  const name = path.split("/").at(-1) ?? "";
  return kinds[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "text";
}

/** The text in the bytes, UTF-8 or else CP949, or nothing when they are no text. `isCut` when more bytes follow. */
export function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  // A cut may go through a character: the decoder is told that more could come.
  for (const label of ["utf-8", "euc-kr"]) {
    try {
      return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: isCut });
    } catch {
      continue;
    }
  }
  return undefined;
}

/** The rows of a CSV text, at most `maxRows`; a comma or line break within double quotes belongs to its field. */
export function parseTable(text: string, separator: "," | "\t", maxRows: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const endField = () => {
    row.push(field);
    field = "";
  };
  for (let i = 0; i < text.length && rows.length < maxRows; ++i) {
    const c = text[i] ?? "";
    if (isQuoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i] ?? "";
      else isQuoted = false;
    } else if (c === '"' && field === "") isQuoted = true;
    else if (c === separator) endField();
    else if (c === "\n") {
      endField();
      rows.push(row);
      row = [];
    } else if (c !== "\r") field += c;
  }
  if (rows.length < maxRows && (field !== "" || row.length > 0)) {
    endField();
    rows.push(row);
  }
  return rows;
}

/** JSON with line breaks; as it is when it cannot be read. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
