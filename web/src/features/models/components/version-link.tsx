import { Link } from "@tanstack/react-router";
import { useLanguage } from "@/lib/language";

export function VersionLink({
  name,
  version,
  strong = false,
}: {
  name: string;
  version: number | undefined;
  strong?: boolean;
}) {
  const { t } = useLanguage();
  if (version === undefined || version === 0) return <span className="muted">–</span>;
  return (
    <Link
      className={strong ? "row-link" : undefined}
      to="/models/$name/versions/$version"
      params={{ name, version: String(version) }}
    >
      {t("version.short", { version })}
    </Link>
  );
}
