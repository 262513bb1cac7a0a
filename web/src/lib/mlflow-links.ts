const forms: [RegExp, (found: string[]) => string][] = [
  [/^#\/experiments\/[^/?]+\/runs\/([^/?]+)/, ([run]) => `/runs/${run ?? ""}`],
  [/^#\/experiments\/([^/?]+)/, ([experiment]) => `/experiments/${experiment ?? ""}`],
  [/^#\/models\/([^/?]+)\/versions\/(\d+)/, ([name, version]) => `/models/${name ?? ""}/versions/${version ?? ""}`],
  [/^#\/models\/([^/?]+)/, ([name]) => `/models/${name ?? ""}`],
];

/** The page behind an address that MLflow's client prints, such as /#/experiments/2/runs/ID; undefined for any other. */
export function pageOfMlflowLink(hash: string): string | undefined {
  for (const [form, page] of forms) {
    const found = form.exec(hash);
    if (found !== null) return page(found.slice(1));
  }
  return undefined;
}

/** Goes to the page behind such an address, now and when one is opened in this window later. */
export function followMlflowLinks(): void {
  const now = pageOfMlflowLink(location.hash);
  if (now !== undefined) history.replaceState(null, "", now);
  addEventListener("hashchange", () => {
    const next = pageOfMlflowLink(location.hash);
    if (next !== undefined) location.replace(next);
  });
}
