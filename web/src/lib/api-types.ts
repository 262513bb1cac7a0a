// The platform's messages by name, as its OpenAPI description has them: api-types.gen.ts, made by `npm run types`.
// The JSON leaves zero values out, so a field is optional unless dev/types.mjs says that it is always there.
import type { components } from "./api-types.gen";

export type Schemas = components["schemas"];

/** A number, or one of the three that JSON has no number for. */
export type Double = Schemas["Double"];

export type Role = Schemas["Role"];
export type ServiceState = Schemas["ServiceState"];
export type RunStatus = Schemas["RunStatus"];
export type Stage = Schemas["Stage"];
export type Direction = Schemas["Direction"];
export type FindingKind = Schemas["FindingKind"];
export type DeliveryState = Schemas["DeliveryState"];
export type PromotionKind = Schemas["PromotionKind"];
export type ArmRole = Schemas["ArmRole"];
export type LoadState = Schemas["LoadState"];
export type State = Schemas["State"];
export type ParameterType = Schemas["ParameterType"];
export type VerdictState = Schemas["VerdictState"];
