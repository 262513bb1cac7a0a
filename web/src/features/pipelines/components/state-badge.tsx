import { Badge, type Tone } from "@/components/ui/badge";
import type { State } from "@/lib/api-types";
import { useLanguage } from "@/lib/language";
import type { LabelKey } from "@/lib/messages";

const states: Record<State, { text: LabelKey; tone: Tone; live?: boolean }> = {
  STATE_UNSPECIFIED: { text: "state.unknown", tone: "neutral" },
  STATE_WAITING: { text: "state.waiting", tone: "neutral" },
  STATE_RUNNING: { text: "state.running", tone: "info", live: true },
  STATE_SUCCEEDED: { text: "state.succeeded", tone: "good" },
  STATE_FAILED: { text: "state.failed", tone: "bad" },
  STATE_CANCELLED: { text: "state.cancelled", tone: "warn" },
  STATE_SKIPPED: { text: "state.skipped", tone: "neutral" },
};

export function StateBadge({ state = "STATE_UNSPECIFIED" }: { state?: State }) {
  const { t } = useLanguage();
  const { text, tone, live } = states[state];
  return (
    <Badge tone={tone} live={live}>
      {t(text)}
    </Badge>
  );
}
