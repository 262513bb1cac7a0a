import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const experiments = {
  experiments: [
    { experiment_id: "2", name: "turbofan" },
    { experiment_id: "0", name: "Default" },
  ],
};
const run = (id: string, rmse?: number) => ({
  run_id: id.repeat(32).slice(0, 32),
  name: `trial-${id}`,
  status: "RUN_STATUS_FINISHED",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: "2026-01-01T00:01:05Z",
  // The JSON leaves a zero out.
  metrics: [rmse === undefined ? { key: "rmse" } : { key: "rmse", value: rmse }],
  params: [{ key: "max_depth", value: id }],
});

test("lists runs with duration, metrics and params, and loads the next page by its token", async () => {
  const calls = fakePlatform({
    "GET /v1/experiments": experiments,
    "GET /v1/runs": ({ query }) =>
      query.get("page_token") === "t2"
        ? { runs: [run("c")] }
        : { runs: [run("a", 13.25), run("b", 14)], next_page_token: "t2" },
  });
  const { user } = renderPage("/runs");
  const row = await screen.findByRole("row", { name: /trial-a/ });
  expect(within(row).getByText("1m 5s")).toBeVisible();
  expect(within(row).getByText("13.250")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Load more" }));
  const zero = await screen.findByRole("row", { name: /trial-c/ });
  expect(within(zero).getByText("0.000")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Load more" })).not.toBeInTheDocument();
  expect(calls.filter((call) => call.path === "/v1/runs").map((call) => call.query.get("page_token"))).toEqual([
    null,
    "t2",
  ]);
});

test("the experiment filter stands in the address", async () => {
  fakePlatform({
    "GET /v1/experiments": experiments,
    "GET /v1/runs": ({ query }) => ({ runs: query.get("experiment_id") === "0" ? [] : [run("a", 1)] }),
  });
  const { user, router } = renderPage("/runs?experiment=2");
  expect(await screen.findByRole("row", { name: /trial-a/ })).toBeVisible();
  await user.selectOptions(await screen.findByLabelText("Experiment"), "Default");
  expect(await screen.findByText("No runs yet")).toBeVisible();
  expect(router.state.location.search).toEqual({ experiment: "0" });
});

test("a run that is not there offers the list", async () => {
  fakePlatform({ "GET /v1/experiments": experiments });
  renderPage("/runs/ffff");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("There is no such thing here");
  expect(within(alert).getByRole("link", { name: "Runs" })).toHaveAttribute("href", "/runs");
});

test("a run's names with markup stay text", async () => {
  const name = "<img src=x onerror=alert(1)>";
  fakePlatform({
    "GET /v1/experiments": experiments,
    [`GET /v1/runs/${run("a").run_id}`]: { ...run("a"), name, tags: [{ key: name, value: name }] },
    [`GET /v1/runs/${run("a").run_id}/artifacts`]: {
      artifacts: [{ run_id: "a", path: name, blob: { sha256: "ab", size: 412 } }],
    },
  });
  const { container } = renderPage(`/runs/${run("a").run_id}`);
  expect(await screen.findByRole("heading", { level: 1, name })).toBeVisible();
  expect(await screen.findByText("412 B")).toBeVisible();
  expect(container.querySelector("img[src=x]")).toBeNull();
});
