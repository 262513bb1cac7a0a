import { Badge } from "@/components/ui/badge";
import type { Stage } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import { stages } from "../stage";

export function StageBadge({ stage = "STAGE_NONE" }: { stage?: Stage }) {
  const { t } = useLanguage();
  const { text, tone } = stages[stage];
  return <Badge tone={tone}>{t(text)}</Badge>;
}
