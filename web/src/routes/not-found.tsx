import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { Icon } from "@/components/ui/icon";
import { useLanguage } from "@/lib/language";

export function NotFoundPage() {
  const { t } = useLanguage();
  useEffect(() => {
    document.title = `${t("notFound.title")} · Millwright`;
  }, [t]);
  return (
    <div className="lone state">
      <Icon name="search" className="state-icon" />
      <h1>{t("notFound.title")}</h1>
      <p className="muted">{t("notFound.text")}</p>
      <Link className="button" to="/">
        {t("notFound.home")}
      </Link>
    </div>
  );
}
