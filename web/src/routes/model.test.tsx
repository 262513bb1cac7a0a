import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { admin, fakePlatform, Refusal } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const finding = {
  rule: { metric: "rmse", direction: "DIRECTION_MINIMIZE", bound: 14.5, no_worse_than_production: true },
  value: 15.2,
  production_value: 13.9,
  production_version: 2,
  message: "rmse 15.2 is above the bound 14.5",
};
const version = (number: number, stage: string) => ({ name: "pump", version: number, stage, run_id: "ab".repeat(16) });
const promoted = {
  promotion_id: "1",
  name: "pump",
  kind: "PROMOTION_KIND_PROMOTED",
  version: 2,
  from_stage: "STAGE_NONE",
  to_stage: "STAGE_PRODUCTION",
  replaced_version: 1,
  actor: "jo",
  reason: "first good one",
};
const routes = {
  "GET /v1/models/pump": { name: "pump", latest_version: 3, production_version: 2 },
  "GET /v1/models/pump/versions": { model_versions: [version(3, "STAGE_NONE"), version(2, "STAGE_PRODUCTION")] },
  "GET /v1/models/pump/versions/3": version(3, "STAGE_NONE"),
  "GET /v1/models/pump/versions/3/evaluations": {
    evaluations: [{ name: "pump", version: 3, dataset_version_id: "12", metrics: { rmse: 15.2, zero: 0 } }],
  },
  "GET /v1/models/pump/versions/3/gates/STAGE_PRODUCTION": { findings: [finding] },
  "GET /v1/models/pump/versions/3/gates/STAGE_STAGING": { passed: true },
  "GET /v1/models/pump/promotions": { promotions: [promoted] },
  "GET /v1/models/pump/versions/3/approvals": {},
  "GET /v1/models/pump/versions/3/checks": {},
  "GET /v1/lineage": {},
  "GET /v1/deployments": {},
  "GET /v1/serving": {},
  "GET /v1/models/pump/health": { name: "pump", versions: [{ version: 2, predictions: 40, not_finite: 3 }] },
};

test("shows versions, history and health", async () => {
  fakePlatform({
    ...routes,
    "GET /v1/models/pump/promotions": {
      promotions: [
        promoted,
        { ...promoted, promotion_id: "2", kind: "PROMOTION_KIND_REFUSED", decision: { findings: [finding] } },
      ],
    },
  });
  renderPage("/models/pump");
  const versions = await screen.findByRole("table", { name: "Versions" });
  expect(within(versions).getByRole("row", { name: /v2 Production/ })).toBeVisible();
  const [first, refused] = await screen.findAllByRole("article");
  expect(first).toHaveTextContent("first good one");
  expect(refused).toHaveTextContent("rmse 15.2: ≤ 14.5 is required on dataset version –");
  const health = await screen.findByRole("table", { name: "Health by version" });
  expect(within(health).getByText("3")).toHaveClass("bad-text");
});

test("shows the gate's numbers before anybody promotes", async () => {
  fakePlatform(routes);
  renderPage("/models/pump/versions/3");
  expect(await screen.findByText("The gate before Production is closed for this version")).toBeVisible();
  const gate = screen.getByRole("table", { name: "Gate" });
  expect(
    within(gate).getByRole("row", { name: /rmse ?≤ 14.5, no worse than Production.*15.2 13.9 ?v2 Fails/ }),
  ).toBeVisible();
});

test("a refused promotion shows why", async () => {
  fakePlatform({
    ...routes,
    "POST /v1/models/pump/versions/3:promote": new Refusal(
      400,
      "FAILED_PRECONDITION",
      "rmse 15.2 is above the bound 14.5",
    ),
  });
  const { user } = renderPage("/models/pump/versions/3");
  await user.click(await screen.findByRole("button", { name: "Promote" }));
  await user.click(await screen.findByRole("button", { name: "Promote to Production" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Refused" + "rmse 15.2 is above the bound 14.5");
});

test("promotes to the chosen stage with the reason and shows the entry", async () => {
  const calls = fakePlatform({
    ...routes,
    "POST /v1/models/pump/versions/3:promote": { ...promoted, version: 3, to_stage: "STAGE_STAGING", reason: "try it" },
  });
  const { user } = renderPage("/models/pump/versions/3");
  await user.click(await screen.findByRole("button", { name: "Promote" }));
  const dialog = await screen.findByRole("dialog");
  await user.selectOptions(within(dialog).getByLabelText("Stage"), "Staging");
  await user.type(within(dialog).getByLabelText("Reason"), "try it");
  await user.click(within(dialog).getByRole("button", { name: "Promote to Staging" }));
  expect(await within(dialog).findByRole("status")).toHaveTextContent("None → StagingPromotedtry it");
  const sent = calls.find((call) => call.method === "POST")?.body;
  expect(sent).toMatchObject({ stage: "STAGE_STAGING", reason: "try it", archive_existing_versions: false });
  expect((sent as { request_id: string }).request_id).toMatch(/^[0-9a-f]{32}$/);
});

test("rolls back only with a reason, and names the version it expects", async () => {
  const calls = fakePlatform({
    ...routes,
    "POST /v1/models/pump:rollback": {
      ...promoted,
      kind: "PROMOTION_KIND_ROLLED_BACK",
      version: 1,
      replaced_version: 2,
    },
  });
  const { user } = renderPage("/models/pump");
  await user.click(await screen.findByRole("button", { name: "Roll back" }));
  const dialog = await screen.findByRole("dialog");
  expect(await within(dialog).findByText(/v2 leaves Production and v1 returns/)).toBeVisible();
  await user.click(within(dialog).getByRole("button", { name: "Roll back now" }));
  expect(calls.some((call) => call.method === "POST")).toBe(false);
  await user.type(within(dialog).getByLabelText("Reason"), "too many alarms");
  await user.click(within(dialog).getByRole("button", { name: "Roll back now" }));
  expect(await within(dialog).findByText("Rolled back")).toBeVisible();
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({
    reason: "too many alarms",
    expected_version: 2,
  });
});

test("viewers see no buttons that they may not press", async () => {
  fakePlatform({ ...routes, "GET /v1/session": { ...admin, role: "ROLE_VIEWER" } });
  renderPage("/models/pump/versions/3");
  expect(await screen.findByRole("heading", { name: "pump v3" })).toBeVisible();
  expect(screen.queryByRole("button", { name: "Promote" })).not.toBeInTheDocument();
});

test("a version that is no number is no page", async () => {
  fakePlatform(routes);
  renderPage("/models/pump/versions/latest");
  expect(await screen.findByRole("heading", { name: "Page not found" })).toBeVisible();
});
