/** Seconds or milliseconds since 1970 as milliseconds; nothing for counters, which are small. */
export function toInstant(value: number): number | undefined {
  if (value >= 1e11) return value;
  return value >= 1e9 ? value * 1000 : undefined;
}
