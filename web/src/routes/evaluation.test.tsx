import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const id = "a".repeat(32);
const metric = (value: number, more: object = {}) => ({
  value,
  low: value - 1,
  high: value + 1,
  better: "lower",
  ...more,
});
const regression = {
  name: "rul",
  task: "regression",
  rows: 4,
  assets: 2,
  common_rows: 3,
  resampled_by: "asset",
  units: 2,
  primary_metric: "rmse",
  metrics: {
    mae: metric(9),
    rmse: metric(12.4, {
      champion: { value: 14, low: 13, high: 15 },
      difference: { value: -1.6, low: -2.5, high: -0.5 },
      verdict: "better",
    }),
  },
  baselines: [
    { name: "constant mean", metrics: { rmse: 41.2, mae: 30 } },
    { name: "linear", metrics: { rmse: 11.9, mae: null } },
  ],
  slices: [
    {
      by: "site",
      value: "north",
      rows: 2,
      assets: 1,
      metrics: { rmse: 10 },
      primary: metric(10, { verdict: "worse" }),
    },
    { by: "site", value: "south", rows: 2, assets: 1, metrics: { rmse: 15 } },
  ],
  sample: [
    { asset: "7", time: "3", truth: 100, prediction: 90 },
    { truth: null, prediction: 3 },
  ],
  residuals: { edges: [-10, 0, 10], counts: [3, 1] },
  trajectories: [{ asset: "engine 7", rmse: 3, times: [1, 2], truth: [2, 1], prediction: [3, 1] }],
  interval: { low: "p10", high: "p90", nominal: 0.8, coverage: 0.75, mean_width: 21 },
};
const alarm = {
  name: "failing",
  task: "binary",
  threshold: 0.5,
  rows: 100,
  positives: 10,
  primary_metric: "f1",
  metrics: { f1: { value: 0.8, low: 0.7, high: 0.9, better: "higher" }, auc: { value: 0.97, better: "higher" } },
  confusion: {
    labels: ["0", "1"],
    counts: [
      [85, 5],
      [2, 8],
    ],
  },
  calibration: {
    bins: [{ low: 0, high: 0.5, n: 90, predicted: 0.1, observed: 0.05 }],
    expected_calibration_error: 0.04,
  },
  curves: {
    roc: [
      [0, 0, 1],
      [0.1, 0.9, 0.5],
      [1, 1, 0],
    ],
    pr: [
      [0, 1, 1],
      [0.9, 0.7, 0.5],
    ],
  },
  costs: {
    cost: 70,
    threshold: 0.5,
    cost_always_silent: 500,
    cost_always_alarming: 90,
    cheapest_threshold: 0.3,
    cheapest_cost: 55,
    curve: [
      [0, 90],
      [0.3, 55],
      [1, 500],
    ],
  },
  alarms: {
    episodes: 3,
    false_alarms: 1,
    windows: 4,
    detected: 3,
    precision: 0.667,
    recall: 0.75,
    lead_time: { count: 3, median: 24, min: 10, max: 40, histogram: { edges: [0, 20, 40], counts: [1, 2] } },
    window_list: [{ asset: "pump 1", start: 10, end: 20, failure: 20, alarmed_at: 12 }],
    episode_list: [
      { asset: "pump 1", start: 12, end: 20, verdict: "right" },
      { asset: "pump 2", start: 5, end: 6, verdict: "false" },
    ],
  },
  champion_alarms: { detected: 2, windows: 4 },
};
const report = {
  format: 1,
  split: "test",
  rows: 4,
  data: { dataset_version_id: "12", dataset: "turbofan", version: 2 },
  looks: { number: 3 },
  champion: { model: "rul", version: 7 },
  verdict: "better",
  resampling: { resamples: 1000, confidence: 0.95 },
  heads: [regression, alarm],
};
const features = {
  cost_us: 12.5,
  heads: {
    rul: {
      metric: "rmse",
      value: 12.4,
      rows: 2000,
      features: [
        { name: "strong", gain: 0.4, effect: 1.5, missing: 0.25, cost_us: 2 },
        { name: "cheap", gain: 0.6, effect: -0.2, missing: 0, cost_us: 0.1 },
      ],
    },
  },
};
const looks = {
  looks: [
    {
      look_id: "5",
      dataset_version_id: "12",
      dataset: "turbofan",
      dataset_version: 2,
      split: "test",
      run_id: id,
      subject: "candidate",
      number: 3,
      metrics: { rmse: 12.4 },
      actor: "jo",
    },
  ],
};
const routes = {
  "GET /v1/experiments": {},
  [`GET /v1/runs/${id}`]: { run_id: id, name: "trial-a", status: "RUN_STATUS_FINISHED" },
  [`GET /v1/runs/${id}/artifacts/evaluation/evaluation.json`]: report,
  [`GET /v1/runs/${id}/artifacts/features.json`]: features,
  "GET /v1/test-looks": looks,
};

test("puts the challenger beside the champion with intervals, difference and verdict", async () => {
  fakePlatform(routes);
  renderPage(`/runs/${id}?tab=evaluation`);
  expect(await screen.findByText("Better than rul v7 by rmse")).toBeVisible();
  const table = screen.getByRole("table", { name: "Metrics" });
  const [first] = within(table).getAllByRole("rowheader");
  expect(first).toHaveTextContent("rmseprimary · lower is better");
  expect(
    within(table).getByRole("row", { name: /rmse .* 12\.4 11\.4 – 13\.4 14 13 – 15 .* -1\.6 -2\.5 – -0\.5 .* Better/ }),
  ).toBeVisible();
  expect(within(table).getByRole("img", { name: "Difference of rmse: -2.5 – -0.5" })).toBeVisible();
  expect(screen.getByText("95 % intervals, 1,000 resamples by asset (2)")).toBeVisible();
  expect(screen.getByText("No. 3 at this data")).toBeVisible();
  for (const link of screen.getAllByRole("link", { name: "turbofan v2" }))
    expect(link).toHaveAttribute("href", "/datasets/versions/12?part=uses");
});

test("says which baseline was not beaten", async () => {
  fakePlatform(routes);
  renderPage(`/runs/${id}?tab=evaluation`);
  const table = await screen.findByRole("table", { name: "Baselines" });
  expect(within(table).getByRole("row", { name: /linear 11\.9 ?not beaten –/ })).toBeVisible();
  expect(within(table).getByRole("row", { name: /^constant mean 41\.2 30$/ })).toBeVisible();
});

test("draws regression: predicted by actual, residuals, assets' lives, forecast range; and the slices", async () => {
  fakePlatform(routes);
  renderPage(`/runs/${id}?tab=evaluation`);
  expect(await screen.findByRole("img", { name: "Predicted by actual, 1 rows" })).toBeVisible();
  expect(screen.getByRole("img", { name: "Histogram of residuals from -10 to 10" })).toBeVisible();
  expect(screen.getByRole("img", { name: "Actual and predicted along 2 rows of engine 7" })).toBeVisible();
  expect(screen.getByText("75 %")).toBeVisible();
  const slices = screen.getByRole("table", { name: "Slices" });
  expect(within(slices).getByRole("row", { name: /north ?site 2 1 10/ })).toBeVisible();
  expect(within(slices).getByRole("row", { name: /south ?site 2 1 15/ })).toBeVisible();
});

test("draws alarms: confusion, curves, calibration, costs, lead time and episodes", async () => {
  fakePlatform(routes);
  const { user, router } = renderPage(`/runs/${id}?tab=evaluation`);
  await user.click(await screen.findByRole("button", { name: "failing" }));
  const confusion = await screen.findByRole("table", { name: "Confusion matrix" });
  expect(within(confusion).getByRole("row", { name: /1 2 ?20.% 8 ?80.% 0\.800/ })).toBeVisible();
  for (const name of ["Precision by recall", "Recall by false alarm rate", "Cost by threshold"])
    expect(screen.getByRole("img", { name })).toBeVisible();
  expect(screen.getByText("Cheapest, at 0.3")).toBeVisible();
  expect(screen.getByText("Expected error 0.04")).toBeVisible();
  expect(screen.getByText("3 / 4")).toHaveTextContent("3 / 4 (champion 2 / 4)");
  expect(screen.getByRole("img", { name: "pump 1: 1 windows, 1 alarms" })).toBeVisible();
  expect(
    within(screen.getByRole("table", { name: "Alarm episodes" })).getByRole("row", { name: "pump 2 False alarm 5 6" }),
  ).toBeVisible();
  expect(router.state.location.search).toEqual({ tab: "evaluation", head: "failing" });
});

test("reports what features are worth and cost, in the chosen order", async () => {
  fakePlatform(routes);
  const { user } = renderPage(`/runs/${id}?tab=evaluation`);
  const table = await screen.findByRole("table", { name: "Features" });
  const names = () =>
    within(table)
      .getAllByRole("rowheader")
      .map((cell) => cell.textContent);
  expect(names()).toEqual(["strong", "cheap"]);
  expect(within(table).getByRole("row", { name: /^strong 1\.5 0\.4 25.% 2$/ })).toBeVisible();
  await user.selectOptions(screen.getByLabelText("Order"), "Importance");
  expect(names()).toEqual(["cheap", "strong"]);
  await user.type(screen.getByLabelText("Find a feature"), "str");
  expect(names()).toEqual(["strong"]);
});

test("lists the looks at the test set", async () => {
  const calls = fakePlatform(routes);
  renderPage(`/runs/${id}?tab=evaluation`);
  const table = await screen.findByRole("table", { name: "Looks at the test set" });
  expect(within(table).getByRole("row", { name: /3 turbofan v2 Test candidate rmse 12\.4 jo/ })).toBeVisible();
  expect(calls.find((call) => call.path === "/v1/test-looks")?.query.get("run_id")).toBe(id);
});

test("a run without an evaluation says how one comes about", async () => {
  fakePlatform({ ...routes, [`GET /v1/runs/${id}/artifacts/evaluation/evaluation.json`]: {} });
  renderPage(`/runs/${id}?tab=evaluation`);
  expect(await screen.findByText("Not evaluated yet")).toBeVisible();
  expect(await screen.findByRole("table", { name: "Features" })).toBeVisible();
});

test("a model version shows the evaluation of its run", async () => {
  fakePlatform({
    ...routes,
    "GET /v1/models/rul": { name: "rul", latest_version: 8 },
    "GET /v1/models/rul/versions/8": { name: "rul", version: 8, run_id: id },
  });
  renderPage("/models/rul/versions/8?part=evaluation&head=failing");
  expect(await screen.findByRole("table", { name: "Confusion matrix" })).toBeVisible();
  expect(screen.getByRole("button", { name: "failing" })).toHaveAttribute("aria-pressed", "true");
  expect(screen.getByRole("link", { name: "Evaluation" })).toHaveAttribute("aria-current", "page");
});

test("an anomaly head without labels shows its scores and durations of its alarms, and no empty metrics", async () => {
  const start = 1_583_748_873;
  const anomaly = {
    name: "anomaly",
    task: "anomaly",
    rows: 0,
    threshold: 3.5,
    metrics: {},
    scores: { count: 6517, min: 0.1, max: 9, histogram: { edges: [0.1, 5, 9], counts: [6500, 17] } },
    alarms: {
      merge_gap: 86_400,
      episodes: 300,
      windows: 0,
      lead_time: { count: 2, median: 5400, min: 3600, max: 7200, histogram: { edges: [3600, 7200], counts: [2] } },
      window_list: [],
      episode_list: [{ asset: "", start, end: start + 60, verdict: "unjudged" }],
    },
  };
  fakePlatform({
    ...routes,
    [`GET /v1/runs/${id}/artifacts/evaluation/evaluation.json`]: {
      split: "test",
      seen_in_training: true,
      resampling: { resamples: 1000, confidence: 0.95 },
      heads: [anomaly],
    },
  });
  renderPage(`/runs/${id}?tab=evaluation`);
  expect(await screen.findByText("No row has a known truth")).toBeVisible();
  expect(screen.queryByText(/resamples by/)).not.toBeInTheDocument();
  expect(screen.getByRole("img", { name: "Histogram of anomaly scores from 0.1 to 9" })).toBeVisible();
  expect(screen.getByText("1d 0h")).toBeVisible();
  expect(screen.getByText("1h 0m – 2h 0m")).toBeVisible();
  expect(screen.getByText("the first 1 of 300")).toBeVisible();
  expect(screen.getByRole("note")).toHaveTextContent("The model was trained on rows of this data");
});

test("several classes have one cost, and a head without a feature report borrows no other's", async () => {
  const condition = {
    name: "condition",
    task: "multiclass",
    primary_metric: "accuracy",
    metrics: { accuracy: { value: 0.9, better: "higher" } },
    costs: { cost: 1.25 },
  };
  fakePlatform({
    ...routes,
    [`GET /v1/runs/${id}/artifacts/evaluation/evaluation.json`]: { split: "test", heads: [condition] },
  });
  renderPage(`/runs/${id}?tab=evaluation`);
  expect(await screen.findByText("Mean cost of a row")).toBeVisible();
  expect(screen.getByText("1.25")).toBeVisible();
  expect(screen.queryByText("Cost of never alarming")).not.toBeInTheDocument();
  expect(await screen.findByRole("table", { name: "Looks at the test set" })).toBeVisible();
  expect(screen.queryByRole("table", { name: "Features" })).not.toBeInTheDocument();
});

test("a search that finds no feature says so", async () => {
  fakePlatform(routes);
  const { user } = renderPage(`/runs/${id}?tab=evaluation`);
  await user.type(await screen.findByLabelText("Find a feature"), "zzz");
  expect(await screen.findByText("No feature has “zzz” in its name")).toBeVisible();
});
