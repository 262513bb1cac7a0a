import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const [a, b] = ["a".repeat(32), "b".repeat(32)];
const run = (id: string, name: string, depth: string, auc: number) => ({
  run_id: id,
  name,
  status: "RUN_STATUS_FINISHED",
  params: [
    { key: "depth", value: depth },
    { key: "seed", value: "7" },
  ],
  metrics: [
    { key: "auc", value: auc },
    { key: "loss", value: 0.1, step: 50 },
  ],
});

function open(search = "") {
  const calls = fakePlatform({
    "GET /v1/experiments": {},
    // Newest first, not in the order of the address.
    "POST /v1/runs:search": { runs: [run(b, "second", "9", 0.91), run(a, "first", "3", 0.87)] },
    "POST /v1/metrics:chart": ({ body }) => ({
      series: (body as { run_ids: string[] }).run_ids.map((id) => ({
        run_id: id,
        key: "loss",
        steps: [0, 50],
        timestamps_ms: [0, 1],
        values: [1, 0.1],
        point_count: 2,
      })),
    }),
  });
  return { calls, ...renderPage(`/runs/compare?runs=${a},${b}${search}`) };
}

test("runs stand side by side in the order of the address, differing params marked", async () => {
  open();
  const table = await screen.findByRole("table", { name: "Compare runs" });
  expect(
    within(table)
      .getAllByRole("columnheader")
      .map((head) => head.textContent),
  ).toEqual(["Run", "first", "second"]);
  expect(within(table).getByRole("row", { name: /^depth \(differs\) 3 9$/ })).toBeVisible();
  expect(within(table).getByRole("row", { name: /^seed 7 7$/ })).toBeVisible();
});

test("only what differs, when asked", async () => {
  const { user, router } = open();
  await screen.findByRole("row", { name: /^seed/ });
  await user.click(screen.getByLabelText("Only differences"));
  expect(screen.queryByRole("row", { name: /^seed/ })).not.toBeInTheDocument();
  expect(screen.getByRole("row", { name: /^depth/ })).toBeVisible();
  expect(router.state.location.search).toMatchObject({ only: "1" });
});

test("a run can be taken out", async () => {
  const { user, router } = open();
  await user.click(await screen.findByRole("button", { name: "Take second out of the comparison" }));
  expect(router.state.location.search).toEqual({ runs: a });
});

test("one chart has a line for each run, and a run can be hidden", async () => {
  const { user, calls } = open("&tab=charts");
  expect(await screen.findByRole("img", { name: /^Chart of loss by step: 4 points/ })).toBeVisible();
  await user.click(screen.getByRole("button", { name: "second" }));
  expect(await screen.findByRole("img", { name: /^Chart of loss by step: 2 points/ })).toBeVisible();
  expect(calls.filter((call) => call.path === "/v1/metrics:chart")[0]?.body).toMatchObject({
    run_ids: [a, b],
    keys: ["loss"],
  });
});

test("params are set against a metric", async () => {
  open("&tab=relations");
  expect(await screen.findByRole("img", { name: "metrics.auc by params.depth for 2 runs" })).toBeVisible();
  expect(screen.getByRole("img", { name: /^Parallel coordinates of params.depth, metrics.auc/ })).toBeVisible();
});

test("without runs it says where to choose them", async () => {
  fakePlatform({});
  renderPage("/runs/compare?runs=x");
  expect(await screen.findByText("Choose runs in the table to compare them")).toBeVisible();
});
