import { Badge, type Tone } from "@/components/ui/badge";
import type { RunStatus } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";

const statuses: Record<RunStatus, { text: LabelKey; tone: Tone; live?: boolean }> = {
  RUN_STATUS_UNSPECIFIED: { text: "run.unknown", tone: "neutral" },
  RUN_STATUS_SCHEDULED: { text: "run.scheduled", tone: "neutral" },
  RUN_STATUS_RUNNING: { text: "run.running", tone: "info", live: true },
  RUN_STATUS_FINISHED: { text: "run.finished", tone: "good" },
  RUN_STATUS_FAILED: { text: "run.failed", tone: "bad" },
  RUN_STATUS_KILLED: { text: "run.killed", tone: "warn" },
};

interface Props {
  status?: RunStatus;
  /** "lost" when the run's heartbeats stopped. */
  reason?: string;
}

export function RunStatusBadge({ status = "RUN_STATUS_UNSPECIFIED", reason }: Props) {
  const { t } = useLanguage();
  const { text, tone, live } = statuses[status];
  return (
    <Badge tone={tone} live={live}>
      {reason === "lost" ? t("run.lost") : t(text)}
    </Badge>
  );
}
