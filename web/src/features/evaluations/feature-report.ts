import { readList, readNumber, readObject, readText } from "@/lib/json-read";

export interface Feature {
  name: string;
  importance?: number;
  /** How much the metric changes without it; undefined when it was not tried. */
  dropOne?: number;
  missingShare?: number;
  /** Microseconds for a row. */
  cost?: number;
}

export interface FeatureHead {
  name: string;
  metric?: string;
  isLowerBetter: boolean;
  /** The metric with all features. */
  value?: number;
  features: readonly Feature[];
}

export interface FeatureReport {
  rows?: number;
  /** Microseconds for all features of a row. */
  cost?: number;
  heads: readonly FeatureHead[];
}

/** What training measured of its features. */
export function readFeatures(json: unknown): FeatureReport | undefined {
  const report = readObject(json);
  const headsJson = readList(report.heads);
  const heads = (headsJson.length > 0 ? headsJson : [report])
    .map(readHead)
    .filter(({ features }) => features.length > 0);
  if (heads.length === 0) return undefined;
  return { rows: readNumber(report.rows), cost: readNumber(report.cost_us), heads };
}

function readHead(json: unknown): FeatureHead {
  const head = readObject(json);
  return {
    name: readText(head.name) ?? "",
    metric: readText(head.metric),
    isLowerBetter: head.better !== "higher",
    value: readNumber(head.value),
    features: readList(head.features).flatMap((each) => {
      const feature = readObject(each);
      const name = readText(feature.name) ?? readText(feature.feature);
      if (name === undefined) return [];
      return [
        {
          name,
          importance: readNumber(feature.importance),
          dropOne: readNumber(feature.drop_one) ?? readNumber(feature.drop_one_effect),
          missingShare: readNumber(feature.missing_rate) ?? readNumber(feature.missing),
          cost: readNumber(feature.cost_us),
        },
      ];
    }),
  };
}

export type FeatureOrder = "importance" | "dropOne" | "missingShare" | "cost";

/** The greatest first; what is not known last. */
export const sortFeatures = (features: readonly Feature[], order: FeatureOrder): readonly Feature[] =>
  [...features].sort((a, b) => (b[order] ?? -Infinity) - (a[order] ?? -Infinity));
