import { createElement, useMemo, type ReactNode } from "react";
import { parseMarkdown, type Block, type Inline } from "@/lib/markdown";

/** People's Markdown. Its largest headings are of level `from`, below those of the page. */
export function Markdown({ text, from = 3 }: { text: string; from?: number }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  const largest = Math.min(...blocks.map((block) => (block.kind === "heading" ? block.level : 6)));
  return <div className="markdown">{blocks.map((block, i) => renderBlock(block, i, from - largest))}</div>;
}

function renderBlock(block: Block, key: number, deeper: number): ReactNode {
  switch (block.kind) {
    case "heading":
      return createElement(`h${Math.min(6, block.level + deeper)}`, { key }, renderAll(block.children));
    case "paragraph":
      return <p key={key}>{renderAll(block.children)}</p>;
    case "quote":
      return <blockquote key={key}>{renderAll(block.children)}</blockquote>;
    case "code":
      return (
        <pre key={key} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case "rule":
      return <hr key={key} />;
    case "list":
      return createElement(
        block.ordered ? "ol" : "ul",
        { key },
        block.items.map((item, i) => <li key={i}>{renderAll(item)}</li>),
      );
    case "table":
      return (
        <div key={key} className="table-scroll">
          <table>
            <thead>
              <tr>
                {block.head.map((cell, i) => (
                  <th key={i} scope="col">
                    {renderAll(cell)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, r) => (
                <tr key={r}>
                  {row.map((cell, i) => (
                    <td key={i}>{renderAll(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

const renderAll = (parts: readonly Inline[]): ReactNode[] => parts.map(renderInline);

function renderInline(part: Inline, key: number): ReactNode {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return <code key={key}>{part.text}</code>;
    case "strong":
      return <strong key={key}>{renderAll(part.children)}</strong>;
    case "em":
      return <em key={key}>{renderAll(part.children)}</em>;
    case "link":
      return (
        <a
          key={key}
          href={part.href}
          rel="noreferrer noopener"
          target={part.href.startsWith("/") ? undefined : "_blank"}
        >
          {renderAll(part.children)}
        </a>
      );
  }
}
