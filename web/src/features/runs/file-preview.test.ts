import { expect, test } from "vitest";
import { parseTable, prettyJson, previewKind, textOf } from "./file-preview";

const bytes = (...values: number[]) => new Uint8Array(values);

test.each([
  ["plots/ROC.PNG", "image"],
  ["a.svg", "image"],
  ["tables/x.csv", "table"],
  ["MLmodel", "text"],
  ["report.html", "text"],
  ["notes.md", "markdown"],
])("%s is shown as %s", (path, kind) => {
  expect(previewKind(path)).toBe(kind);
});

test("text is UTF-8, else CP949, and never guessed from bytes that are none", () => {
  expect(textOf(new TextEncoder().encode("펌프"), false)).toBe("펌프");
  expect(textOf(bytes(0xc6, 0xdf, 0xc7, 0xc1), false)).toBe("펌프");
  expect(textOf(bytes(80, 75, 3, 4, 0, 0), false)).toBeUndefined();
});

test("a cut through a character does not spoil the text before it", () => {
  expect(textOf(new TextEncoder().encode("a펌").slice(0, 3), true)).toBe("a");
});

test("quoted fields keep their commas, quotes and line breaks", () => {
  expect(parseTable('a,b\r\n1,"x, ""y""\nz"\n3,', ",", 10)).toEqual([
    ["a", "b"],
    ["1", 'x, "y"\nz'],
    ["3", ""],
  ]);
});

test("no more rows than asked for", () => {
  expect(parseTable("a\nb\nc\n", ",", 2)).toEqual([["a"], ["b"]]);
  expect(parseTable("a\tb", "\t", 2)).toEqual([["a", "b"]]);
});

test("JSON gets line breaks; what is none stays as it is", () => {
  expect(prettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(prettyJson('{"a":')).toBe('{"a":');
});
