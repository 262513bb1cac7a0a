import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const columns = [
  { name: "unit", role: "asset", type: "text", unit: "" },
  { name: "p30", role: "sensor", type: "number", unit: "bar" },
];
const statistics = {
  columns: [
    {
      name: "unit",
      count: 100,
      missing: 0,
      distinct: 4,
      histogram: { values: ["a", "b"], counts: [60, 30], other: 10 },
    },
    {
      name: "p30",
      count: 75,
      missing: 25,
      distinct: 40,
      mean: 2.5,
      sd: 0.5,
      min: 1,
      max: 4,
      quantiles: [1, 1.5, 2.25, 3, 4],
      histogram: { edges: [1, 2, 4], counts: [40, 35] },
    },
  ],
};
const rule = (name: string, more: object) => ({
  rule: name,
  severity: "error",
  passed: true,
  checked: 100,
  failed: 0,
  ...more,
});
const validation = {
  passed: false,
  errors: 1,
  warnings: 0,
  rules: [
    rule("type", { column: "p30" }),
    rule("range", {
      column: "p30",
      min: 0,
      max: 3.5,
      mostly: 0.99,
      passed: false,
      failed: 3,
      message: "3 of 100 values are outside 0 to 3.5",
      examples: [{ row: "train.csv: row 17", asset: "a", value: "3.9", message: "3.9 is above 3.5" }],
    }),
  ],
  inferred: [{ rule: "complete", column: "unit", severity: "warning", mostly: 1 }],
};
const version = {
  dataset_version_id: "12",
  name: "turbofan",
  version: 2,
  row_count: 100,
  content_hash: "c".repeat(64),
  blob: { size: 2_500 },
  schema: { columns },
  statistics,
  validation,
  origin: { kind: "csv", file: { name: "train.csv" } },
  created_at: "2026-01-01T00:00:00Z",
};
const base = { ...version, dataset_version_id: "11", version: 1, row_count: 90 };
const routes = {
  "GET /v1/dataset-versions/12": version,
  "GET /v1/dataset-versions/11": base,
  "GET /v1/dataset-versions": { dataset_versions: [version, base] },
  "GET /v1/dataset-versions/12/differences": {
    base,
    version,
    columns: [
      { name: "unit", change: "same", psi: 0.001, drift: "none" },
      {
        name: "p30",
        change: "schema",
        schema_changes: ["unit: psi -> bar"],
        psi: 0.41,
        drift: "large",
        statistics: [
          { name: "mean", base: 36.2, value: 2.5 },
          { name: "distinct", base: 1_234_567, value: 40 },
          { name: "sd", base: "NaN", value: 0.5 },
        ],
      },
      { name: "t50", change: "removed" },
    ],
  },
};

test("shows schema, statistics and a histogram of each column", async () => {
  fakePlatform(routes);
  const { user } = renderPage("/datasets/versions/12");
  expect(await screen.findByRole("heading", { level: 1, name: "turbofan v2" })).toBeVisible();
  const table = await screen.findByRole("table", { name: "Columns of the dataset" });
  expect(
    within(table).getByRole("row", { name: /p30 ?number · bar Sensor .* 25.% 40 2\.5 0\.5 1 2\.25 4/ }),
  ).toBeVisible();
  expect(within(table).getByRole("img", { name: "Histogram of p30 from 1 to 4" })).toBeVisible();
  await user.click(within(table).getByRole("button", { name: "p30" }));
  const quantiles = await screen.findByRole("table", { name: "Quantiles" });
  expect(within(quantiles).getByRole("row", { name: "25 % 1.5" })).toBeVisible();
  expect(screen.getByText("train.csv")).toBeVisible();
});

test("shows instants as dates wherever a time column has values", async () => {
  const seconds = Date.UTC(2026, 0, 1) / 1000;
  const day = { count: 3, mean: seconds + 43_200, sd: 3, min: seconds, max: seconds + 86_400 };
  const time = {
    name: "at",
    ...day,
    quantiles: [seconds, seconds + 43_200, seconds + 86_400],
    histogram: { edges: [seconds, seconds + 86_400], counts: [3] },
  };
  fakePlatform({
    "GET /v1/dataset-versions/12": {
      ...version,
      schema: { columns: [{ name: "at", role: "time", type: "number", unit: "s" }] },
      statistics: { columns: [time] },
    },
  });
  renderPage("/datasets/versions/12?column=at");
  const quantiles = await screen.findByRole("table", { name: "Quantiles" });
  for (const row of within(quantiles).getAllByRole("row").slice(1)) expect(row).toHaveTextContent(/2025|2026/);
  expect(screen.getAllByRole("img", { name: /^Histogram of at from .*202[56].* to .*2026/ })).toHaveLength(2);
  expect(screen.getByRole("button", { name: "at" })).toHaveAttribute("aria-expanded", "true");
});

test("says how often each value of a text comes", async () => {
  fakePlatform(routes);
  renderPage("/datasets/versions/12?column=unit");
  const values = await screen.findByRole("table", { name: "Most frequent values" });
  expect(within(values).getByRole("row", { name: /^a 60 60.%$/ })).toBeVisible();
  expect(screen.getByText(/Other values: 10.%/)).toBeVisible();
});

test("draws only what is in sight of many columns", async () => {
  const many = Array.from({ length: 5000 }, (_, i) => ({ name: `s_${i}`, role: "sensor", type: "number" }));
  fakePlatform({ "GET /v1/dataset-versions/12": { ...version, schema: { columns: many }, statistics: {} } });
  const { user } = renderPage("/datasets/versions/12");
  const table = await screen.findByRole("table", { name: "Columns of the dataset" });
  expect(table).toHaveAttribute("aria-rowcount", "5001");
  expect(within(table).getAllByRole("row").length).toBeLessThan(100);
  await user.type(screen.getByLabelText("Find a column or role"), "s_4999");
  expect(await screen.findByRole("button", { name: "s_4999" })).toBeVisible();
});

test("reports the rules that do not hold with row, value and reason", async () => {
  fakePlatform(routes);
  renderPage("/datasets/versions/12?part=validation");
  expect(await screen.findByText("1 of 2 rules do not hold: 1 errors, 0 warnings")).toBeVisible();
  const examples = screen.getByRole("table", { name: "Where Range p30 fails" });
  expect(within(examples).getByRole("row", { name: "train.csv: row 17 a 3.9 3.9 is above 3.5" })).toBeVisible();
  expect(screen.getByText("at least 99 % must hold")).toBeVisible();
  expect(within(screen.getByRole("table", { name: "Rules that hold" })).getByText("Type")).toBeVisible();
  expect(
    within(screen.getByRole("table", { name: "Rules inferred from this version" })).getByText("Completeness"),
  ).toBeVisible();
});

test("a version without rules says that it was not checked", async () => {
  fakePlatform({ "GET /v1/dataset-versions/12": { ...version, validation: undefined } });
  renderPage("/datasets/versions/12?part=validation");
  expect(await screen.findByText("This version was not checked by rules")).toBeVisible();
  expect(screen.getByText("Not checked")).toBeVisible();
});

test("compares with the version before: schema, statistics and shift of each column", async () => {
  const calls = fakePlatform(routes);
  const { user } = renderPage("/datasets/versions/12?part=differences");
  const table = await screen.findByRole("table", { name: "Differences" });
  const names = within(table)
    .getAllByRole("rowheader")
    .map((cell) => cell.textContent);
  expect(names).toEqual(["t50", "p30", "unit"]);
  expect(
    within(table).getByRole("row", { name: /p30 Schema ?unit: psi → bar .*0\.410 ?large 2\.5 ?was 36\.2 0\.5 ?was –/ }),
  ).toBeVisible();
  expect(within(table).getByText("was 1,234,567")).toBeVisible();
  expect(within(table).getByText("was –")).toBeVisible();
  expect(screen.getByText(/^PSI: Population stability index/)).toBeVisible();
  expect(screen.getByText("1 with a large shift")).toBeVisible();
  await user.click(screen.getByLabelText("Only what changed"));
  expect(within(table).queryByRole("rowheader", { name: "unit" })).not.toBeInTheDocument();
  const asked = calls.filter((call) => call.path === "/v1/dataset-versions/12/differences");
  expect(asked[0]?.query.get("base_id")).toBeNull();
});

test("shows the runs that used the version, and where it led", async () => {
  const calls = fakePlatform({
    ...routes,
    "POST /v1/runs:search": ({ body }: { body: unknown }) =>
      JSON.stringify(body).includes("test_dataset")
        ? { runs: [{ run_id: "b".repeat(32), name: "scored" }] }
        : { runs: [{ run_id: "a".repeat(32), name: "trained", user: "jo" }] },
    "GET /v1/lineage": { chains: [{ dataset_version_id: "12", dataset: "turbofan", run_id: "a".repeat(32) }] },
  });
  renderPage("/datasets/versions/12?part=uses");
  const trained = await screen.findByRole("table", { name: "Runs trained on it" });
  expect(within(trained).getByRole("row", { name: /trained jo/ })).toBeVisible();
  expect(await screen.findByRole("link", { name: "scored" })).toHaveAttribute(
    "href",
    `/runs/${"b".repeat(32)}?tab=evaluation`,
  );
  expect(await screen.findByRole("list", { name: "Lineage" })).toBeVisible();
  expect(calls.map((call) => call.body)).toContainEqual(
    expect.objectContaining({ filter: "tags.`millwright.dataset_version_id` = '12'" }),
  );
});

test("a version that is not there offers the list", async () => {
  fakePlatform({});
  renderPage("/datasets/versions/99");
  expect(await screen.findByText("There is no such thing here")).toBeVisible();
  expect(within(screen.getByRole("alert")).getByRole("link", { name: "Datasets" })).toHaveAttribute(
    "href",
    "/datasets",
  );
});
