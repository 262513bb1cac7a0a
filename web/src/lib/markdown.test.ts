import { expect, test } from "vitest";
import { parseInline, parseMarkdown } from "./markdown";

test("headings, paragraphs, lists, code and tables", () => {
  const blocks = parseMarkdown(
    "# Pump\nfirst line\nsecond line\n\n- a\n- b\n  - deeper\n\n```\n<b>x</b>\n```\n\n| what | value |\n|---|---|\n| a \\| b | 1 |\n",
  );
  expect(blocks).toEqual([
    { kind: "heading", level: 1, children: [{ kind: "text", text: "Pump" }] },
    { kind: "paragraph", children: [{ kind: "text", text: "first line second line" }] },
    {
      kind: "list",
      ordered: false,
      items: [[{ kind: "text", text: "a" }], [{ kind: "text", text: "b" }], [{ kind: "text", text: "deeper" }]],
    },
    { kind: "code", text: "<b>x</b>" },
    {
      kind: "table",
      head: [[{ kind: "text", text: "what" }], [{ kind: "text", text: "value" }]],
      rows: [[[{ kind: "text", text: "a | b" }], [{ kind: "text", text: "1" }]]],
    },
  ]);
});

test("raw HTML stays text, and only harmless links are links", () => {
  expect(parseInline("<img src=x onerror=alert(1)>")).toEqual([{ kind: "text", text: "<img src=x onerror=alert(1)>" }]);
  expect(parseInline("[a](javascript:alert(1))")).toEqual([{ kind: "text", text: "[a](javascript:alert(1))" }]);
  expect(parseInline("[a](//evil.example)")).toEqual([{ kind: "text", text: "[a](//evil.example)" }]);
  expect(parseInline("[run](/runs/ab) and [doc](https://example.org)")).toEqual([
    { kind: "link", href: "/runs/ab", children: [{ kind: "text", text: "run" }] },
    { kind: "text", text: " and " },
    { kind: "link", href: "https://example.org", children: [{ kind: "text", text: "doc" }] },
  ]);
});

test("marks inside words are letters", () => {
  expect(parseInline("mean_last_5 of **vibration_x** and &lt;b")).toEqual([
    { kind: "text", text: "mean_last_5 of " },
    { kind: "strong", children: [{ kind: "text", text: "vibration_x" }] },
    { kind: "text", text: " and <b" },
  ]);
});

test("a long text of opening marks is read at once", () => {
  const started = performance.now();
  parseMarkdown("# ".repeat(50_000) + "x\n" + "_a ".repeat(50_000) + "\n" + "](".repeat(50_000));
  parseMarkdown("[".repeat(50_000) + "*".repeat(50_000) + "\n" + "|-".repeat(20_000));
  expect(performance.now() - started).toBeLessThan(1_000);
});
