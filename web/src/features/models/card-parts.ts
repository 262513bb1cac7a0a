/** A card without its title and what people wrote: both stand elsewhere on the page. */
export function generatedPart(markdown: string, written: string): string {
  const body = markdown.replace(/^# [^\n]*\n/, "");
  const start = written === "" ? -1 : body.indexOf(written);
  return (start === -1 ? body : body.slice(0, start) + body.slice(start + written.length)).trim();
}
