// Fails the type check when api-types.ts and the platform's OpenAPI description (api-types.gen.ts) no longer agree: a field
// or message that is not there, another type, an enum value that the page does not know.
import type { components } from "./api-types.gen";
import type { Double, Schemas } from "./api-types";

type Generated = components["schemas"];

type Misfits<Hand, Gen> = [Hand] extends [readonly (infer HandItem)[]]
  ? [Gen] extends [readonly (infer GenItem)[]]
    ? Misfits<HandItem, GenItem>
    : "is no list"
  : [Hand] extends [number]
    ? [Gen] extends [Double]
      ? never
      : "is no number"
    : [Hand] extends [number | string | boolean]
      ? Same<Hand, Gen>
      : string extends keyof Hand
        ? never
        : FieldMisfits<Hand, Gen>;

type Same<Hand, Gen> = [Gen] extends [Hand] ? ([Hand] extends [Gen] ? never : "has other values") : "has other values";

type FieldMisfits<Hand, Gen> = {
  [Key in keyof Hand & string]-?: Key extends keyof Gen
    ? [unknown] extends [Hand[Key]]
      ? never
      : [Misfits<NonNullable<Hand[Key]>, NonNullable<Gen[Key]>>] extends [never]
        ? never
        : Key
    : Key;
}[keyof Hand & string];

type AllMisfits = {
  [Name in keyof Schemas]: Name extends keyof Generated
    ? [FieldMisfits<Schemas[Name], Generated[Name]>] extends [never]
      ? never
      : `${Name}.${FieldMisfits<Schemas[Name], Generated[Name]>}`
    : Name;
}[keyof Schemas];

/** Names the misfits: "Run.name", or a message that the platform does not have. */
export const misfits: [AllMisfits] extends [never] ? "none" : AllMisfits = "none";
