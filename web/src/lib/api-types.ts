// The messages of proto/millwright/*/v1 as the page uses them. api-types.check.ts holds them against the generated ones, which
// do not know that a field that names its message (an id, a name) is always there, nor that a count
// is never "NaN".
// The JSON leaves zero values out, so most fields are optional.
import type { components } from "./api-types.gen";

type Generated = components["schemas"];
type Timestamp = string;
type Struct = Record<string, unknown>;
/** A number, or one of the three that JSON has no number for. */
export type Double = Generated["Double"];

export type Role = Generated["Role"];
export type ServiceState = Generated["ServiceState"];
export type RunStatus = Generated["RunStatus"];
export type Stage = Generated["Stage"];
export type Direction = Generated["Direction"];
export type PromotionKind = Generated["PromotionKind"];
export type ArmRole = Generated["ArmRole"];
export type LoadState = Generated["LoadState"];
export type State = Generated["State"];
export type ParameterType = Generated["ParameterType"];
export type VerdictState = Generated["VerdictState"];

export interface Schemas {
  GetSessionResponse: { user_name: string; role?: Role; workspace_id?: string; workspace?: string };
  SignInRequest: { code?: string; user_name?: string; password?: string };
  SignInResponse: { user_name: string; role?: Role; expires_at?: Timestamp };

  ServiceStatus: {
    name: string;
    state?: ServiceState;
    pid?: number;
    address?: string;
    version?: string;
    started_at?: Timestamp;
    restarts?: number;
    last_exit?: string;
  };
  SystemStatus: { services?: Schemas["ServiceStatus"][]; home?: string; version?: string };

  Experiment: { experiment_id: string; name: string; created_at?: Timestamp };
  ListExperimentsResponse: { experiments?: Schemas["Experiment"][]; next_page_token?: string };
  KeyValue: { key: string; value?: string };
  Metric: { key: string; value?: Double; step?: number; timestamp_ms?: number };
  Run: {
    run_id: string;
    experiment_id?: string;
    name?: string;
    status?: RunStatus;
    started_at?: Timestamp;
    ended_at?: Timestamp;
    params?: Schemas["KeyValue"][];
    metrics?: Schemas["Metric"][];
    tags?: Schemas["KeyValue"][];
    created_by?: string;
  };
  ListRunsResponse: { runs?: Schemas["Run"][]; next_page_token?: string };
  GetMetricHistoryResponse: { metrics?: Schemas["Metric"][]; next_page_token?: string };
  Blob: { sha256: string; size?: number };
  Artifact: { run_id: string; path: string; blob?: Schemas["Blob"] };
  ListArtifactsResponse: { artifacts?: Schemas["Artifact"][] };

  RegisteredModel: {
    name: string;
    description?: string;
    created_at?: Timestamp;
    latest_version?: number;
    production_version?: number;
    staging_version?: number;
  };
  ListRegisteredModelsResponse: { models?: Schemas["RegisteredModel"][]; next_page_token?: string };
  BundleFile: { path: string; sha256?: string; size?: number };
  ModelVersion: {
    name: string;
    version: number;
    stage?: Stage;
    run_id?: string;
    content_hash?: string;
    files?: Schemas["BundleFile"][];
    lineage?: Struct;
    description?: string;
    created_by?: string;
    created_at?: Timestamp;
  };
  ListModelVersionsResponse: { model_versions?: Schemas["ModelVersion"][]; next_page_token?: string };
  Evaluation: {
    name: string;
    version: number;
    dataset_version_id?: string;
    metrics?: Record<string, Double>;
    run_id?: string;
    at?: Timestamp;
  };
  ListEvaluationsResponse: { evaluations?: Schemas["Evaluation"][] };
  GateRule: { metric: string; direction?: Direction; bound?: Double; no_worse_than_production?: boolean };
  GateFinding: {
    rule?: Schemas["GateRule"];
    passed?: boolean;
    value?: Double;
    production_value?: Double;
    production_version?: number;
    dataset_version_id?: string;
    message?: string;
  };
  GateDecision: { passed?: boolean; findings?: Schemas["GateFinding"][] };
  Promotion: {
    promotion_id: string;
    name: string;
    kind?: PromotionKind;
    version?: number;
    from_stage?: Stage;
    to_stage?: Stage;
    replaced_version?: number;
    actor?: string;
    reason?: string;
    decision?: Schemas["GateDecision"];
    evidence?: Struct;
    at?: Timestamp;
    revision?: number;
  };
  ListPromotionsResponse: { promotions?: Schemas["Promotion"][]; next_page_token?: string };
  PromoteModelVersionRequest: { stage: Stage; reason?: string; request_id?: string };
  RollbackModelRequest: { reason: string; expected_version?: number };
  Arm: { version: number; weight?: number; role?: ArmRole; content_hash?: string };
  Deployment: {
    name: string;
    revision?: number;
    arms?: Schemas["Arm"][];
    updated_at?: Timestamp;
  };
  ListDeploymentsResponse: { deployments?: Schemas["Deployment"][]; next_page_token?: string };

  LoadedModel: {
    name: string;
    version?: number;
    wanted_version?: number;
    state?: LoadState;
    reason?: string;
    revision?: number;
    loaded_at?: Timestamp;
    requests?: number;
    failures?: number;
  };
  ServingStatus: { models?: Schemas["LoadedModel"][]; is_registry_reachable?: boolean; inference_address?: string };

  Verdict: { state?: VerdictState; reason?: string; evidence?: Struct; at?: Timestamp };
  VersionHealth: {
    version: number;
    predictions?: number;
    not_finite?: number;
    failed?: number;
    labelled?: number;
    mean_latency_ms?: Double;
    last_at?: Timestamp;
    verdict?: Schemas["Verdict"];
  };
  ModelHealth: { name: string; versions?: Schemas["VersionHealth"][] };

  PipelineParameter: { name: string; type?: ParameterType; default?: unknown; help?: string };
  Pipeline: {
    name: string;
    description?: string;
    revision?: number;
    parameters?: Schemas["PipelineParameter"][];
    definition?: string;
    updated_at?: Timestamp;
  };
  ListPipelinesResponse: { pipelines?: Schemas["Pipeline"][]; next_page_token?: string };
  Progress: { done?: number; total?: number; unit?: string; message?: string };
  Step: {
    step_id: string;
    kind?: string;
    state?: State;
    attempt?: number;
    progress?: Schemas["Progress"];
    error?: string;
    outputs?: Struct;
    started_at?: Timestamp;
    ended_at?: Timestamp;
    worker?: string;
    title?: string;
  };
  PipelineRun: {
    pipeline_run_id: string;
    pipeline: string;
    revision?: number;
    state?: State;
    parameters?: Struct;
    steps?: Schemas["Step"][];
    outputs?: Struct;
    error?: string;
    trigger?: string;
    created_by?: string;
    created_at?: Timestamp;
    ended_at?: Timestamp;
  };
  ListPipelineRunsResponse: { pipeline_runs?: Schemas["PipelineRun"][]; next_page_token?: string };
}
