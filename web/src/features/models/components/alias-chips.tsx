import { Link } from "@tanstack/react-router";
import { useLanguage } from "@/lib/language";

/** Names for versions, each a link to its version. */
export function AliasChips({ name, aliases = {} }: { name: string; aliases?: Readonly<Record<string, number>> }) {
  const { t } = useLanguage();
  const entries = Object.entries(aliases).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return <span className="muted">–</span>;
  return (
    <ul className="chips">
      {entries.map(([alias, version]) => (
        <li key={alias}>
          <Link
            className="chip chip-alias"
            to="/models/$name/versions/$version"
            params={{ name, version: String(version) }}
          >
            <span className="chip-key">@{alias}</span>
            <span className="chip-value">{t("version.short", { version })}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
