import { modelRoutes } from "./fixtures-models.mjs";

const hex = (seed, length) => {
  let x = seed * 2654435761 + 12345;
  let text = "";
  while (text.length < length) text += ((x = (x * 1103515245 + 12345) & 0x7fffffff) >>> 8).toString(16);
  return text.slice(0, length);
};
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const noise = (seed) => ((Math.sin(seed * 12.9898) * 43758.5453) % 1) * 0.5;
const error = (status, code, message) => ({
  status,
  json: { error: { code, message, request_id: hex(Date.now() % 9973, 16) } },
});

function services() {
  const names = [
    "postgresql",
    "telemetry",
    "tracker",
    "model-registry",
    "scheduler",
    "trainer-worker",
    "serving",
    "monitor",
    "gateway",
  ];
  return names.map((name, i) => ({
    name,
    state: name === "trainer-worker" ? "SERVICE_STATE_RESTARTING" : "SERVICE_STATE_READY",
    ...(name === "trainer-worker" ? { restarts: 2, last_exit: "signal 9" } : { pid: 4100 + i }),
    ...(name === "postgresql" ? {} : { address: `127.0.0.1:${name === "gateway" ? 5000 : 7000 + i}` }),
    version: "0.1.0",
    started_at: ago(8_000 + i * 3),
  }));
}

const experiments = [
  { experiment_id: "2", name: "turbofan-rul", created_at: ago(90_000) },
  { experiment_id: "1", name: "pump-failure", created_at: ago(190_000) },
  { experiment_id: "0", name: "Default", created_at: ago(900_000) },
];

function makeRuns() {
  const statuses = [
    "RUN_STATUS_RUNNING",
    "RUN_STATUS_FINISHED",
    "RUN_STATUS_FINISHED",
    "RUN_STATUS_FAILED",
    "RUN_STATUS_FINISHED",
  ];
  return Array.from({ length: 64 }, (_, i) => {
    const status = i === 0 ? statuses[0] : statuses[1 + (i % 4)];
    const rul = i % 3 !== 1;
    const rmse = 13.4 + (i % 7) * 0.61 + noise(i);
    const metrics = rul
      ? [
          { key: "rmse_uncut", value: rmse, timestamp_ms: Date.now() },
          { key: "rmse_cut", value: rmse - 1.1, timestamp_ms: Date.now() },
          { key: "phm_score", value: 280 + i * 7.3, timestamp_ms: Date.now() },
          { key: "train_rmse", value: rmse - 4, step: 199, timestamp_ms: Date.now() },
          { key: "validation_rmse", value: rmse + 0.7, step: 199, timestamp_ms: Date.now() },
        ]
      : [
          { key: "auc", value: 0.981 - (i % 5) * 0.004, timestamp_ms: Date.now() },
          { key: "f1", value: 0.873 - (i % 5) * 0.011, timestamp_ms: Date.now() },
          { key: "validation_logloss", value: 0.0731, step: 149, timestamp_ms: Date.now() },
        ];
    return {
      run_id: hex(i + 1, 32),
      experiment_id: rul ? "2" : "1",
      name: rul ? `trial-${63 - i}` : `pump-trial-${63 - i}`,
      status,
      started_at: ago(60 + i * 340),
      ...(i === 0 ? {} : { ended_at: ago(60 + i * 340 - 21 - (i % 9) * 3) }),
      params: [
        { key: "learner", value: "xgboost" },
        { key: "max_depth", value: String(3 + (i % 6)) },
        { key: "learning_rate", value: (0.02 + (i % 11) * 0.013).toFixed(4) },
        { key: "subsample", value: (0.6 + (i % 5) * 0.08).toFixed(2) },
        { key: "rounds", value: "200" },
        { key: "seed", value: "7" },
      ],
      metrics: status === "RUN_STATUS_FAILED" ? [] : metrics,
      tags: [
        { key: "millwright.study_id", value: "14" },
        { key: "millwright.trial", value: String(63 - i) },
      ],
      created_by: "worker",
    };
  });
}

function history(run, key) {
  const last = run.metrics.find((metric) => metric.key === key);
  return Array.from({ length: (last?.step ?? 0) + 1 }, (_, step) => ({
    key,
    step,
    value: last.value + 38 * Math.exp(-step / 22) + noise(step) * (key.startsWith("train") ? 0.1 : 0.5),
    timestamp_ms: Date.now() - (200 - step) * 90,
  }));
}

const stepTitles = [
  ["simulate", "simulate_plant", "Simulate the plant"],
  ["dataset", "build_dataset", "Build the dataset version"],
  ["tune", "study", "Tune"],
  ["train", "train", "Train the best"],
  ["evaluate", "evaluate", "Evaluate"],
  ["register", "register", "Register and gate"],
  ["promote", "promote", "Promote to Production"],
  ["serve", "await_serving", "Wait for serving"],
];
function pipelineRun(i) {
  const state = i === 0 ? "STATE_RUNNING" : i === 3 ? "STATE_FAILED" : "STATE_SUCCEEDED";
  const at = i === 0 ? 2 : i === 3 ? 5 : 8;
  const names = ["pump-failure", "turbofan-rul", "pump-failure", "turbofan-rul", "pump-failure", "pump-failure"];
  const begun = 50 + i * 7400;
  return {
    pipeline_run_id: hex(900 + i, 32),
    pipeline: names[i % names.length],
    revision: 3,
    state,
    parameters: { pumps: 12, minutes: 4320, seed: 7, trials: 20 },
    steps: stepTitles.map(([step_id, kind, title], s) => ({
      step_id,
      kind,
      title,
      state: s < at ? "STATE_SUCCEEDED" : s > at ? (i === 3 ? "STATE_SKIPPED" : "STATE_WAITING") : state,
      attempt: s <= at ? (s === 1 ? 2 : 1) : 0,
      ...(s <= at ? { started_at: ago(begun - s * 11), worker: s === 2 ? undefined : "worker-1" } : {}),
      ...(s < at
        ? {
            ended_at: ago(begun - s * 11 - 9),
            outputs: s === 0 ? { rows: 51840, failures: 31, asset_ids: ["1", "2"] } : undefined,
          }
        : {}),
      ...(s === at && i === 0
        ? { progress: { done: 13, total: 20, unit: "trials", message: "best rmse 13.62 in trial 9" } }
        : {}),
      ...(s === at && i === 3
        ? { ended_at: ago(begun - 80), error: "gate before Production: rmse_uncut 15.2 is above the bound 14.5" }
        : {}),
    })),
    ...(state === "STATE_SUCCEEDED" ? { outputs: { model: "pump-failure", version: 7 - i, run_id: hex(3, 32) } } : {}),
    ...(i === 3 ? { error: "Register and gate: rmse_uncut 15.2 is above the bound 14.5" } : {}),
    trigger: i % 2 === 0 ? "manual" : "schedule:nightly",
    created_by: "admin",
    created_at: ago(begun),
    ...(i === 0 ? {} : { ended_at: ago(begun - 96) }),
  };
}

const rule = { metric: "rmse_uncut", direction: "DIRECTION_MINIMIZE", bound: 14.5, no_worse_than_production: true };
const finding = (version, production) => {
  const value = 12.9 + version * 0.21;
  const production_value = 12.9 + production * 0.21;
  const passed = value <= 14.5 && value <= production_value;
  return {
    rule,
    passed,
    value,
    production_value,
    production_version: production,
    dataset_version_id: "12",
    message: passed
      ? ""
      : `rmse_uncut ${value.toFixed(2)} is worse than ${production_value.toFixed(2)} of version ${production} in Production`,
  };
};

export function makeFixtures({ role, empty, "signed-out": signedOut }) {
  let isCodeUsed = false;
  const runs = empty ? [] : makeRuns();
  const models = empty
    ? []
    : [
        {
          name: "pump-failure",
          description: "Failure within the next 10 minutes from the last 60, by pump",
          created_at: ago(180_000),
          latest_version: 7,
          production_version: 6,
          staging_version: 7,
        },
        {
          name: "turbofan-rul",
          description: "Remaining useful life of turbofan engines (C-MAPSS FD001)",
          created_at: ago(86_000),
          latest_version: 2,
          production_version: 2,
        },
        { name: "compressor-anomaly", created_at: ago(4_000), latest_version: 1 },
      ];
  let promotions = [
    {
      version: 7,
      kind: "PROMOTION_KIND_REFUSED",
      from_stage: "STAGE_STAGING",
      to_stage: "STAGE_PRODUCTION",
      reason: "Nightly retraining",
      actor: "schedule:nightly",
      at: ago(2_400),
      decision: { findings: [finding(7, 6)] },
    },
    {
      version: 6,
      kind: "PROMOTION_KIND_ROLLED_BACK",
      from_stage: "STAGE_ARCHIVED",
      to_stage: "STAGE_PRODUCTION",
      replaced_version: 5,
      reason: "37 of the first 40 predictions of version 5 were NaN",
      actor: "monitor",
      at: ago(9_000),
      revision: 18,
      evidence: { guard: "not_finite", predictions: 40, not_finite: 37, bound: 0.05 },
    },
    {
      version: 5,
      kind: "PROMOTION_KIND_PROMOTED",
      from_stage: "STAGE_NONE",
      to_stage: "STAGE_PRODUCTION",
      replaced_version: 6,
      reason: "Better on the May data",
      actor: "admin",
      at: ago(9_010),
      revision: 17,
      decision: { passed: true, findings: [finding(5, 6)] },
    },
  ].map((entry, i) => ({ promotion_id: String(30 - i), name: "pump-failure", ...entry }));
  const stageOf = (model, version) =>
    version === model.production_version
      ? "STAGE_PRODUCTION"
      : version === model.staging_version
        ? "STAGE_STAGING"
        : version < (model.production_version ?? 0)
          ? "STAGE_ARCHIVED"
          : "STAGE_NONE";
  const versionOf = (model, version) => ({
    name: model.name,
    version,
    stage: stageOf(model, version),
    run_id: hex(version + 2, 32),
    content_hash: hex(version + 70, 64),
    files: ["MLmodel", "millwright.json", "model.ubj", "requirements.txt", "golden/rows.csv"].map((path, i) => ({
      path,
      sha256: hex(i + 400, 64),
      size: [412, 18_233, 1_204_882, 96, 8_120][i],
    })),
    lineage: {
      dataset_version_id: "12",
      dataset: "pumps",
      learner: "xgboost",
      seed: 7,
      feature_pipeline: { window: "60 rows", features: 84 },
      libraries: { xgboost: "1.7.4", millwright: "0.1.0" },
    },
    created_by: "worker",
    created_at: ago(2_500 + (7 - version) * 5_000),
  });
  const record = (entry) => {
    promotions = [
      { promotion_id: String(31 + promotions.length), at: ago(0), actor: "admin", ...entry },
      ...promotions,
    ];
    return promotions[0];
  };
  const page = (list, url, size = 50) => {
    const from = Number(url.searchParams.get("page_token") ?? 0);
    const count = Number(url.searchParams.get("page_size") ?? size);
    return {
      slice: list.slice(from, from + count),
      ...(from + count < list.length ? { next_page_token: String(from + count) } : {}),
    };
  };

  const routes = [
    ...modelRoutes({ models, hex, ago }),
    ["GET", /^\/v1\/system$/, () => ({ services: services(), home: "/var/lib/millwright", version: "0.1.0" })],
    ["GET", /^\/v1\/experiments$/, () => ({ experiments })],
    [
      "GET",
      /^\/v1\/runs$/,
      (url) => {
        const experiment = url.searchParams.get("experiment_id");
        const { slice, ...rest } = page(
          runs.filter((run) => experiment === null || run.experiment_id === experiment),
          url,
        );
        return { runs: slice, ...rest };
      },
    ],
    ["GET", /^\/v1\/runs\/(\w+)$/, (_, __, id) => runs.find((run) => run.run_id === id)],
    ["GET", /^\/v1\/experiments\/(\w+)$/, (_, __, id) => experiments.find((each) => each.experiment_id === id)],
    ["POST", /^\/v1\/experiments:search$/, () => ({ experiments })],
    [
      "POST",
      /^\/v1\/runs:search$/,
      (_, { experiment_ids: ids = [], filter = "", page_size: size = 100, page_token: token = "0" }) => {
        if (filter.includes(">>"))
          return error(
            400,
            "INVALID_ARGUMENT",
            `filter: Not a comparison (at character ${filter.indexOf(">>") + 1}: >>)`,
          );
        if (filter.includes("IS NOT NULL")) return {};
        const named = /run_id IN \((.*)\)/.exec(filter)?.[1] ?? "";
        const found = runs.filter(
          (run) =>
            (ids.length === 0 || ids.includes(run.experiment_id)) && (named === "" || named.includes(run.run_id)),
        );
        const end = Number(token) + size;
        return {
          runs: found.slice(Number(token), end),
          ...(end < found.length ? { next_page_token: String(end) } : {}),
        };
      },
    ],
    [
      "POST",
      /^\/v1\/metrics:chart$/,
      (_, { run_ids: ids, keys }) => ({
        series: ids.flatMap((id) =>
          keys.flatMap((key) => {
            const run = runs.find((each) => each.run_id === id);
            if (!run?.metrics.some((metric) => metric.key === key)) return [];
            const points = history(run, key);
            return {
              run_id: id,
              key,
              steps: points.map((point) => point.step),
              timestamps_ms: points.map((point) => point.timestamp_ms),
              values: points.map((point) => point.value),
              point_count: points.length,
            };
          }),
        ),
      }),
    ],
    ["GET", /^\/v1\/runs\/(\w+)\/links$/, () => ({})],
    ["GET", /^\/v1\/logged-models$/, () => ({})],
    [
      "GET",
      /^\/v1\/runs\/(\w+)\/artifacts$/,
      (_, __, id) => ({
        artifacts: ["model/MLmodel", "model/millwright.json", "model/model.ubj", "predictions.csv"].map((path, i) => ({
          run_id: id,
          path,
          blob: { sha256: hex(i + 50, 64), size: [412, 18_233, 1_204_882, 220_418][i] },
        })),
      }),
    ],
    ["GET", /^\/v1\/models$/, () => ({ models })],
    ["GET", /^\/v1\/models\/([^/:]+)$/, (_, __, name) => models.find((model) => model.name === name)],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/versions$/,
      (_, __, name) => {
        const model = models.find((each) => each.name === name);
        return {
          model_versions: Array.from({ length: model.latest_version }, (_, i) =>
            versionOf(model, model.latest_version - i),
          ),
        };
      },
    ],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/versions\/(\d+)$/,
      (_, __, name, version) => {
        const model = models.find((each) => each.name === name);
        return model && Number(version) <= model.latest_version ? versionOf(model, Number(version)) : undefined;
      },
    ],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/versions\/(\d+)\/evaluations$/,
      (_, __, name, version) => ({
        evaluations: [
          {
            name,
            version: Number(version),
            dataset_version_id: "12",
            metrics: {
              rmse_uncut: 12.9 + version * 0.21,
              rmse_cut: 11.8 + version * 0.2,
              phm_score: 301.2,
              auc: 0.9812,
            },
            at: ago(2_600),
          },
          {
            name,
            version: Number(version),
            dataset_version_id: "11",
            metrics: { rmse_uncut: 13.3 + version * 0.2, rmse_cut: 12.1, phm_score: 322.9 },
            at: ago(90_000),
          },
        ],
      }),
    ],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/versions\/(\d+)\/gates\/(\w+)$/,
      (_, __, name, version, stage) => {
        if (stage !== "STAGE_PRODUCTION") return { passed: true };
        const made = finding(Number(version), models.find((each) => each.name === name).production_version ?? 1);
        return {
          passed: made.passed,
          findings: [
            made,
            { rule: { metric: "auc", direction: "DIRECTION_MAXIMIZE", bound: 0.95 }, passed: true, value: 0.9812 },
          ],
        };
      },
    ],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/promotions$/,
      (_, __, name) => ({ promotions: promotions.filter((entry) => entry.name === name) }),
    ],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/health$/,
      (_, __, name) => ({
        name,
        versions:
          name !== "pump-failure"
            ? []
            : [
                {
                  version: 6,
                  predictions: 18_204,
                  labelled: 412,
                  mean_latency_ms: 0.84,
                  last_at: ago(2),
                  verdict: { state: "VERDICT_STATE_PASSED", reason: "0 of 200 bad" },
                },
                {
                  version: 5,
                  predictions: 40,
                  not_finite: 37,
                  mean_latency_ms: 0.91,
                  last_at: ago(9_000),
                  verdict: { state: "VERDICT_STATE_ROLLED_BACK", reason: "37 of 40 not finite" },
                },
              ],
      }),
    ],
    [
      "POST",
      /^\/v1\/models\/([^/]+)\/versions\/(\d+):promote$/,
      (_, body, name, version) => {
        const model = models.find((each) => each.name === name);
        const entry = {
          name,
          version: Number(version),
          from_stage: stageOf(model, Number(version)),
          to_stage: body.stage,
          reason: body.reason,
        };
        if (body.stage === "STAGE_PRODUCTION") {
          const made = finding(Number(version), model.production_version ?? 1);
          if (!made.passed) {
            record({ ...entry, kind: "PROMOTION_KIND_REFUSED", decision: { findings: [made] } });
            return error(400, "FAILED_PRECONDITION", made.message);
          }
          entry.replaced_version = model.production_version;
          model.previous = model.production_version;
          model.production_version = Number(version);
        } else if (body.stage === "STAGE_STAGING") model.staging_version = Number(version);
        return record({ ...entry, kind: "PROMOTION_KIND_PROMOTED", decision: { passed: true } });
      },
    ],
    [
      "POST",
      /^\/v1\/models\/([^/]+):rollback$/,
      (_, body, name) => {
        const model = models.find((each) => each.name === name);
        if (model.previous === undefined)
          return error(
            400,
            "FAILED_PRECONDITION",
            `model "${name}" has no version in Production before version ${model.production_version}`,
          );
        [model.production_version, model.previous] = [model.previous, undefined];
        return record({
          name,
          kind: "PROMOTION_KIND_ROLLED_BACK",
          version: model.production_version,
          from_stage: "STAGE_ARCHIVED",
          to_stage: "STAGE_PRODUCTION",
          replaced_version: body.expected_version,
          reason: body.reason,
        });
      },
    ],
    [
      "GET",
      /^\/v1\/deployments$/,
      () => ({
        deployments: models
          .filter((model) => model.production_version)
          .map((model) => ({
            name: model.name,
            revision: 18,
            arms: [{ version: model.production_version, weight: 100, role: "ARM_ROLE_PRIMARY" }],
            updated_at: ago(9_000),
          })),
      }),
    ],
    [
      "GET",
      /^\/v1\/serving$/,
      () => ({
        is_registry_reachable: true,
        inference_address: "127.0.0.1:8000",
        models: models
          .filter((model) => model.production_version)
          .map((model, i) => ({
            name: model.name,
            version: model.production_version,
            wanted_version: model.production_version,
            state: "LOAD_STATE_READY",
            requests: 18_204 - i * 17_900,
            ...(i === 0 ? { failures: 3 } : {}),
          })),
      }),
    ],
    [
      "GET",
      /^\/v1\/pipelines$/,
      () => ({
        pipelines: empty
          ? []
          : [
              {
                name: "pump-failure",
                revision: 3,
                description: "The example plant: simulate, build, tune, train, release, serve",
              },
              {
                name: "turbofan-rul",
                revision: 1,
                description: "Remaining useful life of turbofan engines from C-MAPSS files",
              },
            ],
      }),
    ],
    [
      "GET",
      /^\/v1\/pipeline-runs$/,
      (url) => {
        const name = url.searchParams.get("name");
        const list = empty
          ? []
          : Array.from({ length: 6 }, (_, i) => pipelineRun(i))
              .map((run) => ({ ...run, steps: undefined }))
              .filter((run) => name === null || run.pipeline === name);
        const { slice, ...rest } = page(list, url);
        return { pipeline_runs: slice, ...rest };
      },
    ],
    [
      "GET",
      /^\/v1\/pipeline-runs\/(\w+)$/,
      (_, __, id) => Array.from({ length: 6 }, (_, i) => pipelineRun(i)).find((run) => run.pipeline_run_id === id),
    ],
  ];

  return (method, url, body, hasCookie) => {
    const isSignedIn = hasCookie || !signedOut;
    if (url.pathname === "/v1/session" && method === "POST") {
      const isCodeGood = body.code === "letmein" && !isCodeUsed;
      isCodeUsed ||= isCodeGood;
      if (!isCodeGood && body.password !== "letmein") return error(401, "UNAUTHENTICATED", "sign-in refused");
      return { json: { user_name: "admin", role }, cookie: "in" };
    }
    if (!isSignedIn) return error(401, "UNAUTHENTICATED", "sign in first");
    if (url.pathname === "/v1/session" && method === "DELETE") return { json: {}, cookie: "out" };
    if (url.pathname === "/v1/session")
      return { json: { user_name: "admin", role, workspace_id: "1", workspace: "default" } };
    for (const [verb, pattern, handler] of routes) {
      const match = verb === method ? pattern.exec(url.pathname) : null;
      if (match === null) continue;
      const made = handler(url, body, ...match.slice(1).map(decodeURIComponent));
      if (made === undefined) return error(404, "NOT_FOUND", `nothing is at ${url.pathname}`);
      return typeof made.status === "number" ? made : { json: made };
    }
    return error(404, "NOT_FOUND", `no route ${method} ${url.pathname}`);
  };
}
