import { useQuery } from "@tanstack/react-query";
import { CopyText } from "@/components/ui/copy-text";
import { useLanguage } from "@/lib/language";
import { servingQuery } from "../api";

export function InferenceAddress() {
  const { t } = useLanguage();
  const { data } = useQuery(servingQuery);
  if (data?.inference_address === undefined) return null;
  return (
    <span className="inference">
      {t("production.inference")} <CopyText text={`http://${data.inference_address}`} />
    </span>
  );
}
