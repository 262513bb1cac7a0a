import type { Tone } from "@/components/ui/badge";
import type { LoadState } from "@/lib/api-types";
import type { LabelKey } from "@/lib/messages";

export const loadStates: Record<LoadState, { text: LabelKey; tone: Tone; live?: boolean }> = {
  LOAD_STATE_UNSPECIFIED: { text: "serving.unknown", tone: "neutral" },
  LOAD_STATE_LOADING: { text: "serving.loading", tone: "info", live: true },
  LOAD_STATE_READY: { text: "serving.ready", tone: "good" },
  LOAD_STATE_FAILED: { text: "serving.failed", tone: "bad" },
};
