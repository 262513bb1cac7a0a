import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

// A loaded machine answers late; what never comes still fails.
configure({ asyncUtilTimeout: 10_000 });

// jsdom has no media queries and does not scroll.
window.matchMedia = (query: string) =>
  ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined }) as never;
window.scrollTo = () => undefined;
// Chromium answers with a promise, which an effect must not return.
Element.prototype.scrollIntoView = (() => Promise.resolve()) as () => void;

beforeEach(() => localStorage.setItem("millwright.language", "en"));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  localStorage.clear();
});
