import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

const OVERSCAN = 12;
/** Where there is no layout, as in a test. */
const FALLBACK_HEIGHT = 800;

interface Window {
  scroller: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  /** The rows to draw, the last not among them. */
  first: number;
  end: number;
}

/** Which of many rows of one height are in sight of their scroller, and some around them. */
export function useWindow(count: number, rowHeight: number): Window {
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: FALLBACK_HEIGHT });
  const measure = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const height = element.clientHeight === 0 ? FALLBACK_HEIGHT : element.clientHeight;
    // By whole rows, so that a scroll of a few pixels draws nothing anew.
    const top = Math.floor(element.scrollTop / rowHeight) * rowHeight;
    setSeen((before) => (before.top === top && before.height === height ? before : { top, height }));
  }, [rowHeight]);
  useLayoutEffect(() => {
    measure();
    if (scroller.current === null || typeof ResizeObserver === "undefined") return;
    const sizes = new ResizeObserver(measure);
    sizes.observe(scroller.current);
    return () => sizes.disconnect();
  }, [measure]);
  const first = Math.max(0, Math.min(count, Math.floor(seen.top / rowHeight) - OVERSCAN));
  const end = Math.min(count, Math.ceil((seen.top + seen.height) / rowHeight) + OVERSCAN);
  return { scroller, onScroll: measure, first, end };
}
