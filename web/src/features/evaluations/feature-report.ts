import { readList, readNumber, readObject, readText } from "@/lib/json-read";

export interface Feature {
  name: string;
  /** Its share of what the model itself says its features are worth. */
  importance?: number;
  /** How much worse the metric becomes without what it says; undefined when it was not tried. */
  effect?: number;
  missingShare?: number;
  /** Microseconds for a row. */
  cost?: number;
}

export interface FeatureHead {
  name: string;
  /** What the effects are in. */
  metric?: string;
  /** The metric as it is, and the rows it was measured on. */
  value?: number;
  rows?: number;
  features: readonly Feature[];
}

export interface FeatureReport {
  /** Microseconds for all features of a row. */
  cost?: number;
  heads: readonly FeatureHead[];
}

/** What training measured of its features. */
export function readFeatures(json: unknown): FeatureReport | undefined {
  const report = readObject(json);
  const heads = Object.entries(readObject(report.heads))
    .map(([name, head]) => readHead(name, head))
    .filter(({ features }) => features.length > 0);
  return heads.length === 0 ? undefined : { cost: readNumber(report.cost_us), heads };
}

function readHead(name: string, json: unknown): FeatureHead {
  const head = readObject(json);
  return {
    name,
    metric: readText(head.metric),
    value: readNumber(head.value),
    rows: readNumber(head.rows),
    features: readList(head.features).flatMap((each) => {
      const feature = readObject(each);
      const featureName = readText(feature.name);
      if (featureName === undefined) return [];
      return [
        {
          name: featureName,
          importance: readNumber(feature.gain),
          effect: readNumber(feature.effect),
          missingShare: readNumber(feature.missing),
          cost: readNumber(feature.cost_us),
        },
      ];
    }),
  };
}

export const featureFigures = ["effect", "importance", "missingShare", "cost"] as const;
export type FeatureFigure = (typeof featureFigures)[number];

/** The greatest first; what is not known last. */
export const sortFeatures = (features: readonly Feature[], by: FeatureFigure): readonly Feature[] =>
  [...features].sort((a, b) => (b[by] ?? -Infinity) - (a[by] ?? -Infinity));
