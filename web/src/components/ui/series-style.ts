/** How many colours there are for series: --series-0 and on. */
export const SERIES_COLORS = 10;

/** When the colours begin again, dashes tell the rounds apart; none is a whole line. */
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [10, 3, 2, 3], [4, 3, 1, 3, 1, 3]];

export const dashOf = (place: number): readonly number[] =>
  dashes[Math.floor(place / SERIES_COLORS) % dashes.length] ?? [];
