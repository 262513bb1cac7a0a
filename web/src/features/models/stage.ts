import type { Tone } from "@/components/ui/badge";
import type { Stage } from "@/lib/api-types";
import type { LabelKey } from "@/lib/messages";

export const stages: Record<Stage, { text: LabelKey; tone: Tone }> = {
  STAGE_UNSPECIFIED: { text: "stage.none", tone: "neutral" },
  STAGE_NONE: { text: "stage.none", tone: "neutral" },
  STAGE_STAGING: { text: "stage.staging", tone: "warn" },
  STAGE_PRODUCTION: { text: "stage.production", tone: "good" },
  STAGE_ARCHIVED: { text: "stage.archived", tone: "neutral" },
};

/** In the order a version usually passes through them. */
export const promotableStages = ["STAGE_STAGING", "STAGE_PRODUCTION", "STAGE_ARCHIVED", "STAGE_NONE"] as const;

/** Those before which rules can stand, the one that matters most first. */
export const gatedStages = ["STAGE_PRODUCTION", "STAGE_STAGING", "STAGE_ARCHIVED"] as const;
export type GatedStage = (typeof gatedStages)[number];
