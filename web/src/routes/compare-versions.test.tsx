import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform, Refusal } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const routes = {
  "GET /v1/models:search": {
    models: [
      { name: "pump", latest_version: 3 },
      { name: "fan", latest_version: 1 },
    ],
  },
  "GET /v1/models/pump/versions": { model_versions: [3, 2].map((version) => ({ name: "pump", version })) },
  "GET /v1/models/fan/versions": { model_versions: [{ name: "fan", version: 1, stage: "STAGE_PRODUCTION" }] },
  "GET /v1/models/pump/versions/2:compare": {
    differences: [
      { section: "params", key: "max_depth", left: "3", right: "6" },
      { section: "params", key: "learner", left: '"xgboost"', right: '"xgboost"', is_equal: true },
      { section: "evaluation", key: "auc on 1", left: "0.8", right: "0.9" },
      { section: "data", key: "dataset_version_id", left: '"1"', right: "" },
    ],
    notes: ["params of version 2: its run is not in the tracker"],
  },
};

test("marks what differs, with the change of numbers", async () => {
  const calls = fakePlatform(routes);
  renderPage("/models/pump/versions/2/compare?with=3");
  const params = await screen.findByRole("table", { name: "Params" });
  expect(within(params).getByRole("row", { name: /max_depth 3 6 \+3 ?\+100.0 %/ })).toBeVisible();
  expect(within(params).queryByText("learner")).not.toBeInTheDocument();
  expect(screen.getByText("1 of 2 differ")).toBeVisible();
  const data = screen.getByRole("table", { name: "Data" });
  expect(within(data).getByRole("row", { name: /dataset_version_id 1 – only in the first/ })).toBeVisible();
  expect(screen.getByText("params of version 2: its run is not in the tracker")).toBeVisible();
  const sent = calls.find((call) => call.path.endsWith(":compare"))?.query;
  expect(Object.fromEntries(sent ?? [])).toEqual({ other_name: "pump", other_version: "3", with_equal: "true" });
});

test("shows what is the same too, and keeps that in the address", async () => {
  fakePlatform(routes);
  const { user, router } = renderPage("/models/pump/versions/2/compare?with=3");
  await user.click(await screen.findByRole("checkbox", { name: "Show what is the same" }));
  expect(await screen.findByRole("row", { name: /learner xgboost xgboost/ })).toHaveClass("faded");
  expect(screen.getByRole("row", { name: /max_depth/ })).toHaveClass("differs");
  expect(router.state.location.search).toMatchObject({ show: "all" });
  await user.type(screen.getByRole("searchbox"), "auc");
  expect(await screen.findByRole("table", { name: "Evaluations" })).toBeVisible();
  expect(screen.queryByRole("table", { name: "Params" })).not.toBeInTheDocument();
});

test("another model's version can be the second one; swapping turns them round", async () => {
  fakePlatform({ ...routes, "GET /v1/models/fan/versions/1:compare": {} });
  const { user, router } = renderPage("/models/pump/versions/2/compare?with=3");
  await user.selectOptions(await screen.findByLabelText("Model"), "fan");
  expect(router.state.location.href).toBe("/models/pump/versions/2/compare?with=1&model=fan");
  await user.click(await screen.findByRole("button", { name: "Swap the two versions" }));
  expect(router.state.location.href).toBe("/models/fan/versions/1/compare?with=2&model=pump");
  expect(await screen.findByText("No differences")).toBeVisible();
});

test("a version that is gone is said, and the choice stays", async () => {
  fakePlatform({
    ...routes,
    "GET /v1/models/pump/versions/2:compare": new Refusal(404, "NOT_FOUND", "version 9 is not there"),
  });
  renderPage("/models/pump/versions/2/compare?with=9");
  expect(await screen.findByText("version 9 is not there")).toBeVisible();
  expect(screen.getByLabelText("Second version")).toHaveValue("9");
});
