import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { admin, fakePlatform } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const id = "a".repeat(32);
const run = {
  run_id: id,
  experiment_id: "2",
  name: "trial-a",
  status: "RUN_STATUS_FINISHED",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: "2026-01-01T00:01:05Z",
  metrics: [
    { key: "loss", value: 0.25, step: 90 },
    { key: "system/cpu", value: 40, step: 7 },
  ],
  params: [{ key: "max_depth", value: "6" }],
  tags: [
    { key: "team", value: "reliability" },
    { key: "mlflow.source.name", value: "train.py" },
  ],
  note: "The first try",
};
const experiments = { experiments: [{ experiment_id: "2", name: "turbofan" }] };
const base = {
  "GET /v1/experiments": experiments,
  [`GET /v1/runs/${id}`]: run,
  [`GET /v1/runs/${id}/links`]: {
    datasets: [
      {
        name: "pumps",
        digest: "7c51",
        source_type: "s3",
        source: '{"uri":"s3://plant/feed.csv"}',
        tags: [{ key: "mlflow.data.context", value: "train" }],
      },
    ],
  },
  "GET /v1/logged-models": {
    logged_models: [{ model_id: "m-1", name: "pump-lstm", status: "LOGGED_MODEL_STATUS_READY" }],
  },
  "GET /v1/runs": {},
};

test("shows params, metrics, tags, the note, datasets and models", async () => {
  fakePlatform(base);
  renderPage(`/runs/${id}`);
  expect(await screen.findByRole("heading", { level: 1, name: "trial-a" })).toBeVisible();
  expect(screen.getByText("The first try")).toBeVisible();
  expect(screen.getByText("max_depth")).toBeVisible();
  expect(within(screen.getByRole("table", { name: "Latest metrics" })).getByText("0.25")).toBeVisible();
  expect(screen.getByTitle("team = reliability")).toBeVisible();
  expect(await screen.findByText("s3://plant/feed.csv")).toBeVisible();
  expect(await screen.findByText("pump-lstm")).toBeVisible();
  expect(screen.queryByText("system/cpu")).not.toBeInTheDocument();
});

test("a run of the platform's own training names its dataset version", async () => {
  fakePlatform({
    ...base,
    [`GET /v1/runs/${id}`]: { ...run, tags: [{ key: "millwright.dataset_version_id", value: "5" }] },
    "GET /v1/dataset-versions/5": { dataset_version_id: "5", name: "pump-rows", version: 3, row_count: 40126 },
  });
  renderPage(`/runs/${id}`);
  expect(await screen.findByText("pump-rows v3")).toBeVisible();
  expect(screen.getByText("40,126 rows")).toBeVisible();
});

test("the note is edited in place", async () => {
  const calls = fakePlatform({ ...base, [`PATCH /v1/runs/${id}`]: run });
  const { user } = renderPage(`/runs/${id}`);
  await user.click(await screen.findByRole("button", { name: /Edit.*Notes/i }));
  const field = screen.getByRole("textbox", { name: "Notes" });
  await user.clear(field);
  await user.type(field, "Better");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ note: "Better" });
});

test("a viewer is offered no change", async () => {
  fakePlatform({ ...base, "GET /v1/session": { ...admin, role: "ROLE_VIEWER" } });
  renderPage(`/runs/${id}`);
  expect(await screen.findByText("The first try")).toBeVisible();
  expect(screen.queryByRole("button", { name: /Edit/ })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Actions on/ })).not.toBeInTheDocument();
});

test("charts ask for thinned-out series, of the machine on a page of their own", async () => {
  const calls = fakePlatform({
    ...base,
    "POST /v1/metrics:chart": ({ body }) => ({
      series: (body as { keys: string[] }).keys.map((key) => ({
        run_id: id,
        key,
        steps: [0, 90],
        timestamps_ms: [1, 2],
        values: [0.5, 0.25],
        point_count: 1_000_000,
      })),
    }),
  });
  renderPage(`/runs/${id}?tab=charts&x=time`);
  expect(await screen.findByRole("img", { name: /^Chart of loss by step: 2 points from 0.25 to 0.5/ })).toBeVisible();
  expect(screen.getByText("2 of 1,000,000 points, extremes kept")).toBeVisible();
  expect(calls.filter((call) => call.path === "/v1/metrics:chart").map((call) => call.body)).toEqual([
    { run_ids: [id], keys: ["loss"], axis: "METRIC_AXIS_TIME", max_points: 2000 },
  ]);
});

test("a log axis says how many values it cannot draw", async () => {
  fakePlatform({
    ...base,
    "POST /v1/metrics:chart": {
      series: [
        { run_id: id, key: "loss", steps: [0, 1, 2], timestamps_ms: [1, 2, 3], values: [-1, "NaN", 2], point_count: 3 },
      ],
    },
  });
  renderPage(`/runs/${id}?tab=charts&logy=1`);
  expect(await screen.findByText(/^2 values not drawn/)).toBeVisible();
});

test("markup in a file is shown as text", async () => {
  const html = "<script>document.title = 'run'</script>";
  openFile("report.html", html);
  expect(await screen.findByText(html)).toBeVisible();
  expect(screen.getByRole("region", { name: "report.html" }).querySelector("script, iframe, object")).toBeNull();
});

test("a CSV file is a table", async () => {
  openFile("out.csv", 'asset,rul\npump-01,"12"\n');
  const table = await screen.findByRole("table", { name: "out.csv" });
  expect(
    within(table)
      .getAllByRole("row")
      .map((row) => row.textContent),
  ).toEqual(["assetrul", "pump-0112"]);
});

test("a file that is no text is offered for download", async () => {
  openFile("model.bin", "PK\u0003\u0004\u0000");
  expect(await screen.findByText("No preview: this file is not text")).toBeVisible();
  expect(screen.getByRole("link", { name: "Download" })).toHaveAttribute("href", `/v1/runs/${id}/artifacts/model.bin`);
});

function openFile(path: string, content: string) {
  fakePlatform({
    ...base,
    [`GET /v1/runs/${id}/artifacts`]: { artifacts: [{ run_id: id, path, blob: { size: content.length } }] },
    [`GET /v1/runs/${id}/artifacts/${path}`]: () => new Response(content),
  });
  return renderPage(`/runs/${id}?tab=artifacts&path=${path}`);
}

test("a run that is not there offers the list", async () => {
  fakePlatform({ "GET /v1/experiments": experiments });
  renderPage("/runs/ffff");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("There is no such thing here");
  expect(within(alert).getByRole("link", { name: "Runs" })).toHaveAttribute("href", "/runs");
});

test("a run's names with markup stay text", async () => {
  const name = "<img src=x onerror=alert(1)>";
  fakePlatform({ ...base, [`GET /v1/runs/${id}`]: { ...run, name, note: name, tags: [{ key: name, value: name }] } });
  const { container } = renderPage(`/runs/${id}`);
  expect(await screen.findByRole("heading", { level: 1, name })).toBeVisible();
  expect(screen.getByTitle(`${name} = ${name}`)).toBeVisible();
  expect(container.querySelector("img[src=x]")).toBeNull();
});
