// The part of Markdown that model cards and notes use, as data. Raw HTML is text like any other, and a link goes only to http(s),
// mailto or a page of ours: whatever people write, nothing of it runs.

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "em"; children: Inline[] }
  | { kind: "link"; href: string; children: Inline[] };

export type Block =
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "quote"; children: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] }
  | { kind: "rule" };

const bullet = /^\s{0,3}([-*+]|\d{1,9}[.)])\s+(.*)$/;
const divider = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const heading = /^ {0,3}(#{1,6})\s+(.*)$/;
const fence = /^ {0,3}(```|~~~)/;
const rule = /^ {0,3}([-*_])\s*(\1\s*){2,}$/;
const quote = /^ {0,3}>\s?(.*)$/;

export function parseMarkdown(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let i = 0;
  const line = () => lines[i] ?? "";
  const isTable = () => line().includes("|") && divider.test(lines[i + 1] ?? "") && (lines[i + 1] ?? "").includes("-");
  const starts = () =>
    line().trim() === "" ||
    [heading, fence, rule, quote, bullet].some((pattern) => pattern.test(line())) ||
    (line().includes("|") && isTable());

  while (i < lines.length) {
    const marks = heading.exec(line());
    const mark = fence.exec(line());
    if (line().trim() === "") {
      ++i;
    } else if (mark?.[1] !== undefined) {
      const code: string[] = [];
      for (++i; i < lines.length && !line().trimStart().startsWith(mark[1]); ++i) code.push(line());
      ++i;
      blocks.push({ kind: "code", text: code.join("\n") });
    } else if (marks?.[1] !== undefined) {
      blocks.push({ kind: "heading", level: marks[1].length, children: parseInline(marks[2] ?? "") });
      ++i;
    } else if (rule.test(line())) {
      blocks.push({ kind: "rule" });
      ++i;
    } else if (isTable()) {
      const head = cellsOf(line());
      const rows: Inline[][][] = [];
      for (i += 2; i < lines.length && line().includes("|"); ++i)
        rows.push(head.map((_, column) => cellsOf(line())[column] ?? []));
      blocks.push({ kind: "table", head, rows });
    } else if (quote.test(line())) {
      const said: string[] = [];
      for (let found = quote.exec(line()); found !== null; found = quote.exec(line())) {
        said.push(found[1] ?? "");
        ++i;
      }
      blocks.push({ kind: "quote", children: parseInline(said.join(" ")) });
    } else if (bullet.test(line())) {
      const ordered = /\d/.test(bullet.exec(line())?.[1] ?? "");
      const items: string[] = [];
      while (i < lines.length && line().trim() !== "") {
        const item = bullet.exec(line());
        if (item !== null) items.push(item[2] ?? "");
        else if (/^\s+\S/.test(line()))
          items.push(
            `${items.pop() ?? ""} ${line()
              .trim()
              .replace(/^[-*+]\s+/, "– ")}`,
          );
        else break;
        ++i;
      }
      blocks.push({ kind: "list", ordered, items: items.map((item) => parseInline(item)) });
    } else {
      const words = [line().trim()];
      for (++i; i < lines.length && !starts(); ++i) words.push(line().trim());
      blocks.push({ kind: "paragraph", children: parseInline(words.join(" ")) });
    }
  }
  return blocks;
}

function cellsOf(row: string): Inline[][] {
  const inner = row
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => parseInline(cell.trim().replace(/\\\|/g, "|")));
}

// Each alternative ends where it must, so that no text takes long to read.
const inline =
  /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|(?<![\w])_([^_\s][^_]*)_(?![\w])|\[([^[\]]*)\]\(([^)\s]+)\)|\\([\\`*_{}[\]()#+\-.!|<>])|&(lt|gt|amp|quot);/g;
const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"' };
const MAX_DEPTH = 4;

export function parseInline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = [];
  const say = (words: string) => {
    if (words === "") return;
    const last = parts.at(-1);
    if (last?.kind === "text") last.text += words;
    else parts.push({ kind: "text", text: words });
  };
  const inner = (words: string): Inline[] =>
    depth < MAX_DEPTH ? parseInline(words, depth + 1) : [{ kind: "text", text: words }];
  let end = 0;
  for (const found of text.matchAll(inline)) {
    const [whole, code, strong, strong2, em, em2, label, href, escaped, entity] = found;
    say(text.slice(end, found.index));
    end = found.index + whole.length;
    if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (strong !== undefined || strong2 !== undefined)
      parts.push({ kind: "strong", children: inner(strong ?? strong2 ?? "") });
    else if (em !== undefined || em2 !== undefined) parts.push({ kind: "em", children: inner(em ?? em2 ?? "") });
    else if (label !== undefined && href !== undefined && isSafe(href))
      parts.push({ kind: "link", href, children: inner(label) });
    else if (escaped !== undefined) say(escaped);
    else if (entity !== undefined) say(entities[entity] ?? whole);
    else say(whole);
  }
  say(text.slice(end));
  return parts;
}

const isSafe = (href: string): boolean => /^(https?:\/\/|mailto:)/i.test(href) || /^\/(?![/\\])/.test(href);
