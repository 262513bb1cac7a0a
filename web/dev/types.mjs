// src/lib/api-types.gen.ts from openapi.json. proto3 cannot say that a field is always there, so this list does: what names
// the message, and what the page must not leave out of a request. A name that the platform does not have ends the run.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const alwaysThere = {
  GetSessionResponse: ["user_name"],
  SignInResponse: ["user_name"],
  ServiceStatus: ["name"],

  Experiment: ["experiment_id", "name"],
  CreateExperimentRequest: ["name"],
  KeyValue: ["key"],
  Metric: ["key"],
  Run: ["run_id"],
  MetricSeries: ["run_id", "key"],
  GetMetricChartsRequest: ["run_ids", "keys"],
  Artifact: ["run_id", "path"],
  LoggedModel: ["model_id"],
  RunDataset: ["name"],
  ModelOutput: ["model_id"],
  Dataset: ["name"],
  DatasetVersion: ["dataset_version_id"],
  ColumnDifference: ["name"],
  StatisticDifference: ["name"],
  TestLook: ["look_id"],

  RegisteredModel: ["name"],
  CreateRegisteredModelRequest: ["name"],
  BundleFile: ["path"],
  ModelVersion: ["name", "version"],
  Evaluation: ["name", "version"],
  GateRule: ["metric"],
  Approval: ["approval_id"],
  Check: ["check_id", "check"],
  RecordCheckRequest: ["check"],
  Difference: ["section", "key"],
  Promotion: ["promotion_id", "name"],
  PromoteModelVersionRequest: ["stage"],
  RollbackModelRequest: ["reason"],
  Arm: ["version"],
  Deployment: ["name"],
  Webhook: ["webhook_id", "name", "url"],
  CreateWebhookRequest: ["name", "url"],
  CreateWebhookResponse: ["webhook", "secret"],
  Delivery: ["delivery_id"],
  LoadedModel: ["name"],
  VersionHealth: ["version"],
  ModelHealth: ["name"],

  PipelineParameter: ["name"],
  Pipeline: ["name"],
  Step: ["step_id"],
  PipelineRun: ["pipeline_run_id", "pipeline"],
};

const description = JSON.parse(readFileSync("openapi.json", "utf8"));
for (const [message, fields] of Object.entries(alwaysThere)) {
  const schema = description.components.schemas[message];
  const missing = fields.filter((field) => schema?.properties?.[field] === undefined);
  if (missing.length > 0) throw new Error(`openapi.json has no ${message}.${missing.join(", ")}`);
  schema.required = fields;
}

const folder = mkdtempSync(join(tmpdir(), "millwright-types-"));
const file = join(folder, "openapi.json");
writeFileSync(file, JSON.stringify(description));
execFileSync("npx", ["--yes", "openapi-typescript@7.13.0", file, "-o", "src/lib/api-types.gen.ts"], {
  stdio: "inherit",
});
rmSync(folder, { recursive: true });
