/** Where to go after signing in: a path of this site, or home. Refuses "//host", "/\host" and anything with a scheme. */
export function safeTarget(to: string | undefined): string {
  if (to === undefined || !to.startsWith("/")) return "/";
  // Browsers read a backslash as a slash and drop tabs and line breaks, so these could hide a host.
  if (/[\\\p{Cc}]/u.test(to)) return "/";
  const base = "http://here.invalid";
  const url = URL.canParse(to, base) ? new URL(to, base) : undefined;
  if (url?.origin !== base || url.pathname.startsWith("//") || url.pathname === "/sign-in") return "/";
  return url.pathname + url.search + url.hash;
}
