import type { Range, Series } from "./line-chart";

/** For screen readers: what a chart that has the focus answers to. */
export const ZOOM_KEYS = "+ - ArrowLeft ArrowRight Escape";

/** From the least x of all points to the greatest; nothing when there are fewer than two. */
export function extentOf(series: readonly Series[]): Range | undefined {
  let [least, greatest] = [Infinity, -Infinity];
  for (const { points } of series) {
    for (const { x } of points) {
      least = Math.min(least, x);
      greatest = Math.max(greatest, x);
    }
  }
  return least < greatest ? [least, greatest] : undefined;
}

/** The part of x to show after a key; "whole" for everything, nothing for a key that does nothing. */
export function zoomByKey(key: string, [from, to]: Range, whole: Range): Range | "whole" | undefined {
  const quarter = (to - from) / 4;
  switch (key) {
    case "+":
    case "=":
      return to - from > 4 ? [Math.round(from + quarter), Math.round(to - quarter)] : undefined;
    case "-":
      return from - 2 * quarter <= whole[0] && to + 2 * quarter >= whole[1]
        ? "whole"
        : [Math.round(from - 2 * quarter), Math.round(to + 2 * quarter)];
    case "ArrowLeft":
      return [Math.round(from - quarter), Math.round(to - quarter)];
    case "ArrowRight":
      return [Math.round(from + quarter), Math.round(to + quarter)];
    case "Escape":
      return "whole";
    default:
      return undefined;
  }
}
