/** The search filter for names with `text` in them, in any case. In a filter nothing can escape a quote: `_` stands for any one letter. */
export function nameFilter(text: string): string {
  const words = text.trim();
  if (words === "") return "";
  const pattern = words.replace(/[\\%_]/g, "\\$&").replaceAll("'", "_");
  return `name ILIKE '%${pattern}%'`;
}
