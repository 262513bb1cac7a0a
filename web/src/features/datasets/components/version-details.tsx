import { useSuspenseQuery } from "@tanstack/react-query";
import { CopyText } from "@/components/ui/copy-text";
import { Facts, factsOf, type Fact } from "@/components/ui/facts";
import { useLanguage } from "@/lib/language";
import { readObject } from "@/lib/json-read";
import { datasetVersionQuery } from "../api";

/** What names the version's content and what it was made from. */
export function VersionDetails({ id }: { id: string }) {
  const { t, format } = useLanguage();
  const { data } = useSuspenseQuery(datasetVersionQuery(id));
  const facts: Fact[] = [
    [t("datasets.id"), <CopyText text={data.dataset_version_id} />],
    [t("version.contentHash"), data.content_hash === undefined ? "–" : <CopyText text={data.content_hash} show={16} />],
    [t("datasets.size"), data.blob?.size === undefined ? "–" : format.bytes(data.blob.size)],
    [t("datasets.created"), data.created_at === undefined ? "–" : format.dateTime(data.created_at)],
  ];
  return <Facts facts={facts} />;
}

export function VersionOrigin({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data } = useSuspenseQuery(datasetVersionQuery(id));
  const facts = factsOf(readObject(data.origin));
  return facts.length === 0 ? <p className="muted">{t("datasets.noOrigin")}</p> : <Facts facts={facts} />;
}
