import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform, Refusal } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const run = {
  pipeline_run_id: "p1",
  pipeline: "pump-failure",
  state: "STATE_RUNNING",
  created_at: "2026-01-01T00:00:00Z",
};
const routes = {
  "GET /v1/system": {
    version: "0.1.0",
    services: [
      { name: "tracker", state: "SERVICE_STATE_READY", pid: 7, started_at: "2026-01-01T00:00:00Z" },
      { name: "serving", state: "SERVICE_STATE_RESTARTING", restarts: 3, last_exit: "signal 9" },
    ],
  },
  "GET /v1/deployments": {
    deployments: [
      { name: "pump", arms: [{ version: 6, weight: 100, role: "ARM_ROLE_PRIMARY" }] },
      { name: "idle", revision: 3 },
    ],
  },
  "GET /v1/serving": {
    models: [{ name: "pump", version: 5, wanted_version: 6, state: "LOAD_STATE_LOADING", requests: 1234 }],
  },
  "GET /v1/pipeline-runs": { pipeline_runs: [run] },
  "GET /v1/pipeline-runs/p1": {
    ...run,
    steps: [
      { step_id: "data", state: "STATE_SUCCEEDED" },
      { step_id: "tune", title: "Tune", state: "STATE_RUNNING", progress: { done: 3, total: 8, unit: "trials" } },
    ],
  },
};

test("shows each service with its state and restarts", async () => {
  fakePlatform(routes);
  renderPage("/");
  const row = await screen.findByRole("row", { name: /serving/ });
  expect(within(row).getByText("Restarting")).toBeVisible();
  expect(row).toHaveTextContent("3signal 9");
  expect(screen.getByText("1 of 2 services ready")).toBeVisible();
});

test("shows what is in Production and what answers until it is loaded", async () => {
  fakePlatform(routes);
  renderPage("/");
  const row = await screen.findByRole("row", { name: /pump v6/ });
  expect(await within(row).findByText("v5 answers meanwhile")).toBeVisible();
  expect(row).toHaveTextContent("1,234");
  expect(screen.queryByText("idle")).not.toBeInTheDocument();
});

test("shows how far a pipeline run is", async () => {
  fakePlatform(routes);
  renderPage("/");
  expect(await screen.findByText("Tune · 3 / 8 trials")).toBeVisible();
  expect(screen.getByRole("img", { name: "1 of 2 steps" })).toBeVisible();
});

test("a service that is away fails its card only, with the request id", async () => {
  fakePlatform({ ...routes, "GET /v1/deployments": new Refusal(500, "INTERNAL", "boom", "req-77") });
  renderPage("/");
  expect(await screen.findByText("Something went wrong on our side")).toBeVisible();
  expect(screen.getByText("req-77")).toBeVisible();
  expect(await screen.findByRole("row", { name: /tracker/ })).toBeVisible();
});

test("switches to Korean and remembers it", async () => {
  fakePlatform(routes);
  const { user, unmount } = renderPage("/");
  await user.click(await screen.findByRole("button", { name: "Account and settings of jo" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "한국어" }));
  expect(await screen.findByRole("heading", { name: "개요" })).toBeInTheDocument();
  expect(document.documentElement.lang).toBe("ko");
  unmount();
  renderPage("/");
  expect(await screen.findByRole("heading", { name: "개요" })).toBeVisible();
});

test("an address that no page has says so", async () => {
  fakePlatform(routes);
  renderPage("/nowhere");
  expect(await screen.findByRole("heading", { name: "Page not found" })).toBeVisible();
});
