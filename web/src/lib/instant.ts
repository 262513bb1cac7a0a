/** The milliseconds of a unit of time since 1970, told by its size; nothing for counters, which are small. */
export function instantUnit(value: number): number | undefined {
  if (value >= 1e11) return 1;
  return value >= 1e9 ? 1000 : undefined;
}

/** Seconds or milliseconds since 1970 as milliseconds; nothing for counters. */
export function toInstant(value: number): number | undefined {
  const unit = instantUnit(value);
  return unit === undefined ? undefined : value * unit;
}
