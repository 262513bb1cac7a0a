import type { LabelKey } from "@/lib/messages";
import type { Difference } from "./api";

/** In the order a person asks: is it better, on which data, and what was done differently. */
const sections: readonly (readonly [section: string, title: LabelKey])[] = [
  ["evaluation", "compare.section.evaluation"],
  ["metrics", "compare.section.metrics"],
  ["params", "compare.section.params"],
  ["data", "compare.section.data"],
  ["features", "compare.section.features"],
  ["reference_statistics", "compare.section.statistics"],
  ["lineage", "compare.section.lineage"],
];

export interface ComparedSection {
  section: string;
  title: LabelKey;
  rows: readonly Difference[];
  differing: number;
}

export function sectionsOf(differences: readonly Difference[]): ComparedSection[] {
  return sections.flatMap(([section, title]) => {
    const isOneSided = ({ left = "", right = "" }: Difference) => left === "" || right === "";
    const found = differences.filter((each) => each.section === section);
    // What both have first: that is what can be compared.
    const rows = [...found.filter((each) => !isOneSided(each)), ...found.filter(isOneSided)];
    const differing = rows.filter((each) => each.is_equal !== true).length;
    return rows.length === 0 ? [] : [{ section, title, rows, differing }];
  });
}

/** Of JSON what a person reads: a text without its quotes, a number as a number; undefined when a version has none. */
export function readValue(json: string | undefined): string | number | undefined {
  if (json === undefined || json === "") return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" || typeof value === "number" ? value : json;
  } catch {
    return json; // a long one, cut off
  }
}

export interface Change {
  difference: number;
  /** Of the left value; absent when that is zero. */
  share?: number;
}

/** How far two numbers are apart; undefined for anything else, and for what is the same. */
export function changeOf(left: string | number | undefined, right: string | number | undefined): Change | undefined {
  if (typeof left !== "number" || typeof right !== "number" || left === right) return undefined;
  const difference = right - left;
  return left === 0 ? { difference } : { difference, share: difference / Math.abs(left) };
}
