// Made-up answers about models that fixtures.mjs does not have itself: gates, words, cards, lineage, comparison, webhooks.
// Each is [method, pattern of the path, handler(url, body, …groups)].
export function modelRoutes({ models, hex, ago }) {
  const gates = [
    {
      stage: "STAGE_PRODUCTION",
      rules: [
        { metric: "rmse_uncut", direction: "DIRECTION_MINIMIZE", bound: 14.5, no_worse_than_production: true },
        { metric: "auc", direction: "DIRECTION_MAXIMIZE", bound: 0.95 },
      ],
      approvals: { count: 1, least_role: "ROLE_ENGINEER", not_author: true },
      checks: ["security-scan"],
    },
  ];
  const webhooks = [
    {
      webhook_id: "1",
      name: "ci",
      url: "https://ci.example.com/hooks/millwright",
      model: "pump-failure",
      events: ["version.transitioned", "version.refused"],
      is_active: true,
      created_by: "admin",
      created_at: ago(90_000),
    },
  ];
  const approvals = [];
  const checks = [
    { check_id: "1", check: "security-scan", is_passed: true, details: "No findings", actor: "ci", at: ago(2_000) },
  ];
  const texts = new Map();
  const modelOf = (name) => models.find((each) => each.name === name);
  const found = (name, make) => (modelOf(name) === undefined ? undefined : make(modelOf(name)));
  const chain = (model, version) => ({
    dataset_version_id: "12",
    dataset: "pumps",
    run_id: hex(version + 2, 32),
    name: model.name,
    version,
    stage: version === model.production_version ? "STAGE_PRODUCTION" : "STAGE_ARCHIVED",
    ...(version === model.production_version ? { deployment: model.name, revision: 18 } : {}),
  });
  const put = (object, key, value) => {
    const old = Object.entries(object ?? {}).filter(([each]) => each !== key);
    return Object.fromEntries(value === undefined ? old : [...old, [key, value]]);
  };

  return [
    [
      "GET",
      /^\/v1\/models:search$/,
      (url) => {
        const text = /ILIKE '%(.*)%'/.exec(url.searchParams.get("filter") ?? "")?.[1] ?? "";
        return { models: models.filter(({ name }) => name.includes(text.toLowerCase())) };
      },
    ],
    [
      "POST",
      /^\/v1\/models$/,
      (_, body) => {
        const model = { ...body, created_at: ago(0), updated_at: ago(0) };
        models.push(model);
        return model;
      },
    ],
    ["PATCH", /^\/v1\/models\/([^/:]+)$/, (_, body, name) => found(name, (model) => Object.assign(model, body))],
    [
      "POST",
      /^\/v1\/models\/([^/]+):rename$/,
      (_, body, name) => found(name, (model) => Object.assign(model, { name: body.new_name })),
    ],
    [
      "DELETE",
      /^\/v1\/models\/([^/:]+)$/,
      (_, __, name) =>
        found(name, (model) => {
          models.splice(models.indexOf(model), 1);
          return {};
        }),
    ],
    ...["PUT", "DELETE"].flatMap((verb) => [
      [
        verb,
        /^\/v1\/models\/([^/]+)\/tags\/([^/]+)$/,
        (_, body, name, key) =>
          found(name, (model) => Object.assign(model, { tags: put(model.tags, key, body.value) }) && {}),
      ],
      [
        verb,
        /^\/v1\/models\/([^/]+)\/aliases\/([^/]+)$/,
        (_, body, name, alias) =>
          found(name, (model) => Object.assign(model, { aliases: put(model.aliases, alias, body.version) }) && {}),
      ],
    ]),
    ["GET", /^\/v1\/models\/([^/]+)\/gates$/, () => ({ gates })],
    [
      "PUT",
      /^\/v1\/models\/([^/]+)\/gates\/(\w+)$/,
      (_, body, __, stage) => {
        const gate = { stage, ...body };
        gates.splice(0, gates.length, ...gates.filter((each) => each.stage !== stage), gate);
        return gate;
      },
    ],
    ["GET", /^\/v1\/models\/([^/]+)\/versions\/\d+\/approvals$/, () => ({ approvals })],
    [
      "POST",
      /^\/v1\/models\/([^/]+)\/versions\/\d+:(approve|reject)$/,
      (_, body, __, word) => {
        const approval = { ...body, approval_id: String(approvals.length), actor: "admin", at: ago(0) };
        approvals.unshift({ ...approval, is_approved: word === "approve" });
        return approvals[0];
      },
    ],
    ["GET", /^\/v1\/models\/([^/]+)\/versions\/\d+\/checks$/, () => ({ checks })],
    [
      "POST",
      /^\/v1\/models\/([^/]+)\/versions\/\d+\/checks$/,
      (_, body) => {
        checks.unshift({ ...body, check_id: String(checks.length + 1), actor: "admin", at: ago(0) });
        return checks[0];
      },
    ],
    [
      "PATCH",
      /^\/v1\/models\/([^/]+)\/versions\/(\d+)$/,
      (_, body, name, version) => {
        texts.set(`${name}/${version}`, body.card_text ?? texts.get(`${name}/${version}`));
        return {};
      },
    ],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/versions\/(\d+)\/card$/,
      (_, __, name, version) => {
        const text = texts.get(`${name}/${version}`) ?? "## Use\n\nFor pumps **with** a vibration sensor.";
        return {
          markdown: `# ${name} version ${version}\n\n${text}\n\n## About\n\n| what | value |\n|---|---|\n| made by | worker |\n`,
          card_text: text,
        };
      },
    ],
    [
      "GET",
      /^\/v1\/models\/([^/]+)\/versions\/(\d+):compare$/,
      (url, _, name, version) => ({
        differences: [
          { section: "params", key: "max_depth", left: "4", right: "6" },
          { section: "params", key: "learner", left: '"xgboost"', right: '"xgboost"', is_equal: true },
          { section: "evaluation", key: "rmse_uncut on 12", left: "13.74", right: "13.95" },
          { section: "evaluation", key: "auc on 12", left: "0.9812", right: "0.9812", is_equal: true },
          { section: "lineage", key: "run_id", left: `"${hex(Number(version), 32)}"`, right: `"${hex(9, 32)}"` },
        ],
        notes: [`features of version ${url.searchParams.get("other_version")} of model "${name}": it has no bundle`],
      }),
    ],
    [
      "GET",
      /^\/v1\/lineage$/,
      (url) => {
        const model = modelOf(url.searchParams.get("name")) ?? models[0];
        if (model === undefined) return {};
        const version = Number(url.searchParams.get("version") ?? 0);
        if (version > 0) return { chains: [chain(model, version)] };
        return { chains: Array.from({ length: model.latest_version ?? 0 }, (_, i) => chain(model, i + 1)).reverse() };
      },
    ],
    ["GET", /^\/v1\/webhooks$/, () => ({ webhooks })],
    [
      "POST",
      /^\/v1\/webhooks$/,
      (_, body) => {
        const webhook = { ...body, webhook_id: String(webhooks.length + 1), is_active: true, created_at: ago(0) };
        webhooks.push(webhook);
        return { webhook, secret: `whs_${hex(77, 48)}` };
      },
    ],
    [
      "PATCH",
      /^\/v1\/webhooks\/(\d+)$/,
      (_, body, id) =>
        Object.assign(
          webhooks.find((each) => each.webhook_id === id),
          body,
        ),
    ],
    [
      "DELETE",
      /^\/v1\/webhooks\/(\d+)$/,
      (_, __, id) => {
        webhooks.splice(0, webhooks.length, ...webhooks.filter((each) => each.webhook_id !== id));
        return {};
      },
    ],
    [
      "GET",
      /^\/v1\/webhooks\/(\d+)\/deliveries$/,
      () => ({
        deliveries: [
          {
            delivery_id: "2",
            event: "version.refused",
            state: "DELIVERY_STATE_QUEUED",
            attempts: 3,
            last_status: 503,
            last_error: "Service Unavailable",
            created_at: ago(300),
          },
          {
            delivery_id: "1",
            event: "version.transitioned",
            state: "DELIVERY_STATE_DELIVERED",
            attempts: 1,
            last_status: 204,
            created_at: ago(9_000),
          },
        ],
      }),
    ],
  ];
}
