import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { Markdown } from "./markdown";

test("headings begin below the page's own, whatever people began with", () => {
  render(<Markdown text={"## Use\n\n#### Where\n\n# Data"} />);
  expect(screen.getByRole("heading", { name: "Data" })).toHaveProperty("tagName", "H3");
  expect(screen.getByRole("heading", { name: "Use" })).toHaveProperty("tagName", "H4");
  expect(screen.getByRole("heading", { name: "Where" })).toHaveProperty("tagName", "H6");
});

test("what looks like HTML or a script is text", () => {
  const { container } = render(<Markdown text={'<img src=x onerror="alert(1)"> [go](javascript:alert(1))'} />);
  expect(container.querySelector("img, script, a")).toBeNull();
  expect(container).toHaveTextContent('<img src=x onerror="alert(1)"> [go](javascript:alert(1))');
});

test("links elsewhere tell nothing about where they were pressed", () => {
  render(<Markdown text="[doc](https://example.org/) and [run](/runs/1)" />);
  expect(screen.getByRole("link", { name: "doc" })).toHaveAttribute("rel", "noreferrer noopener");
  expect(screen.getByRole("link", { name: "run" })).not.toHaveAttribute("target");
});
