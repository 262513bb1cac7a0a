import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform, Refusal } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const gate = {
  name: "pump",
  stage: "STAGE_PRODUCTION",
  rules: [{ metric: "rmse", direction: "DIRECTION_MINIMIZE", bound: 14.5, no_worse_than_production: true }],
  approvals: { count: 2, least_role: "ROLE_ADMIN", not_author: true },
  checks: ["scan"],
};
const webhook = {
  webhook_id: "7",
  name: "ci",
  url: "https://ci.example.com/",
  model: "pump",
  events: ["version.refused"],
  is_active: true,
};
const routes = {
  "GET /v1/models/pump": { name: "pump", latest_version: 3, aliases: { champion: 2 }, tags: { team: "north" } },
  "GET /v1/models/pump/versions": {
    model_versions: [3, 2, 1].map((version) => ({ name: "pump", version, tags: { site: "A" } })),
  },
  "GET /v1/models/pump/gates": { gates: [gate] },
  "GET /v1/models/pump/versions/3/evaluations": { evaluations: [{ name: "pump", version: 3, metrics: { rmse: 1 } }] },
  "GET /v1/models/pump/promotions": {},
  "GET /v1/models/pump/health": { name: "pump" },
  "GET /v1/deployments": { deployments: [{ name: "pump", revision: 5, arms: [{ version: 2, weight: 100 }] }] },
  "GET /v1/serving": { models: [{ name: "pump", version: 2, state: "LOAD_STATE_READY", requests: 12 }] },
  "GET /v1/webhooks": { webhooks: [webhook, { webhook_id: "8", name: "fans", url: "https://x/", model: "fan" }] },
};

test("moves an alias, removes it, and adds a tag", async () => {
  const calls = fakePlatform({
    ...routes,
    "PUT /v1/models/pump/aliases/champion": {},
    "DELETE /v1/models/pump/aliases/champion": {},
    "PUT /v1/models/pump/tags/line/2": {},
  });
  const { user } = renderPage("/models/pump");
  await user.click(await screen.findByRole("button", { name: "Move alias champion" }));
  const version = screen.getByLabelText("Version");
  await user.clear(version);
  await user.type(version, "3");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await user.click(await screen.findByRole("button", { name: "Remove alias champion" }));
  await user.click(screen.getByRole("button", { name: "Add tag" }));
  await user.type(screen.getByLabelText("Key"), "line/2");
  await user.type(screen.getByLabelText("Value"), "north");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("button", { name: "Add tag" })).toHaveFocus();
  expect(calls.filter((call) => call.method !== "GET").map(({ method, path, body }) => [method, path, body])).toEqual([
    ["PUT", "/v1/models/pump/aliases/champion", { version: 3 }],
    ["DELETE", "/v1/models/pump/aliases/champion", undefined],
    ["PUT", "/v1/models/pump/tags/line/2", { value: "north" }],
  ]);
});

test("edits the description in its place", async () => {
  const calls = fakePlatform({ ...routes, "PATCH /v1/models/pump": { name: "pump" } });
  const { user } = renderPage("/models/pump");
  await user.click(await screen.findByRole("button", { name: "Edit: Description" }));
  await user.type(screen.getByRole("textbox", { name: "Description" }), "Leaks");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("button", { name: "Edit: Description" })).toHaveFocus();
  expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ description: "Leaks" });
});

test("says what serves", async () => {
  fakePlatform(routes);
  renderPage("/models/pump");
  expect(await screen.findByText("100% of requests")).toBeVisible();
  expect(await screen.findByText("Answering")).toBeVisible();
});

test("two picked versions are compared, the older first", async () => {
  fakePlatform(routes);
  const { user, router } = renderPage("/models/pump");
  const button = await screen.findByRole("button", { name: "Compare selected" });
  await user.click(screen.getByRole("checkbox", { name: "Select v3 to compare" }));
  expect(button).toBeDisabled();
  await user.click(screen.getByRole("checkbox", { name: "Select v1 to compare" }));
  await user.click(button);
  expect(router.state.location.href).toBe("/models/pump/versions/1/compare?with=3");
});

test("shows the rules before each stage in words", async () => {
  fakePlatform(routes);
  renderPage("/models/pump?part=gates");
  const production = await screen.findByRole("region", { name: "Before Production" });
  expect(production).toHaveTextContent("rmse≤ 14.5, no worse than Production");
  expect(production).toHaveTextContent("Approvalsat least 2, by admins, not counting whoever made the version");
  expect(production).toHaveTextContent("scanmust have passed");
  expect(screen.getByRole("region", { name: "Before Staging" })).toHaveTextContent("every version passes");
  const nav = screen.getByRole("navigation", { name: "Parts of this model" });
  expect(within(nav).getByRole("link", { current: "page" })).toHaveTextContent("Gates");
});

test("replaces the rules by what the form says", async () => {
  const calls = fakePlatform({ ...routes, "PUT /v1/models/pump/gates/STAGE_PRODUCTION": gate });
  const { user } = renderPage("/models/pump?part=gates");
  await user.click(await screen.findByRole("button", { name: "Edit the rules before Production" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Add metric" }));
  const added = within(dialog).getByRole("group", { name: "Metric 2" });
  await user.type(within(added).getByLabelText("Metric"), "auc");
  await user.selectOptions(within(added).getByLabelText("Must be"), "at least");
  await user.type(within(added).getByLabelText("Bound"), "0.9");
  await user.click(within(added).getByRole("checkbox", { name: "No worse than Production on the same data" }));
  await user.click(within(dialog).getByRole("button", { name: "Remove check 1" }));
  await user.click(within(dialog).getByRole("button", { name: "Save rules" }));
  expect(await screen.findByRole("button", { name: "Edit the rules before Production" })).toBeVisible();
  expect(calls.find((call) => call.method === "PUT")?.body).toEqual({
    rules: [
      gate.rules[0],
      { metric: "auc", direction: "DIRECTION_MAXIMIZE", bound: 0.9, no_worse_than_production: false },
    ],
    approvals: gate.approvals,
    checks: [],
  });
});

test("lists the webhooks that hear of this model, and adds one whose secret is shown once", async () => {
  const calls = fakePlatform({
    ...routes,
    "POST /v1/webhooks": { webhook, secret: "whs_1234567890abcdef" },
  });
  const { user } = renderPage("/models/pump?part=webhooks");
  expect(await screen.findByRole("row", { name: /^ci/ })).toHaveTextContent("version.refused");
  expect(screen.queryByText("fans")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "New webhook" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Name"), "chat");
  await user.type(within(dialog).getByLabelText("Address"), "https://chat.example.com/in");
  await user.selectOptions(within(dialog).getByLabelText("Events"), "Only these");
  await user.click(within(dialog).getByRole("checkbox", { name: "version.refused" }));
  await user.click(within(dialog).getByRole("button", { name: "Create webhook" }));
  expect(await within(dialog).findByText("whs_1234567890abcdef")).toBeVisible();
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({
    name: "chat",
    url: "https://chat.example.com/in",
    model: "pump",
    events: ["version.transitioned"],
  });
  await user.click(within(dialog).getByRole("button", { name: "Done" }));
  expect(screen.queryByText("whs_1234567890abcdef")).not.toBeInTheDocument();
});

test("pauses a webhook, shows its deliveries and sends one again", async () => {
  const delivery = {
    delivery_id: "31",
    event: "version.refused",
    state: "DELIVERY_STATE_FAILED",
    attempts: 12,
    last_status: 503,
    last_error: "Service Unavailable",
  };
  const calls = fakePlatform({
    ...routes,
    "PATCH /v1/webhooks/7": webhook,
    "GET /v1/webhooks/7/deliveries": { deliveries: [delivery] },
    "POST /v1/webhooks/7/deliveries/31:redeliver": delivery,
  });
  const { user } = renderPage("/models/pump?part=webhooks");
  await user.click(await screen.findByRole("button", { name: "Actions for ci" }));
  await user.click(await screen.findByRole("menuitem", { name: "Pause" }));
  await user.click(screen.getByRole("button", { name: "Deliveries" }));
  const row = await screen.findByRole("row", { name: /Given up/ });
  expect(row).toHaveTextContent("HTTP 503Service Unavailable");
  await user.click(within(row).getByRole("button", { name: "Send again" }));
  expect(calls.filter((call) => call.method !== "GET").map(({ path, body }) => [path, body])).toEqual([
    ["/v1/webhooks/7", { is_active: false }],
    ["/v1/webhooks/7/deliveries/31:redeliver", {}],
  ]);
});

test("a refused address of a webhook is said in the form", async () => {
  fakePlatform({
    ...routes,
    "POST /v1/webhooks": new Refusal(400, "INVALID_ARGUMENT", "url: 10.0.0.1 is a private address"),
  });
  const { user } = renderPage("/models/pump?part=webhooks");
  await user.click(await screen.findByRole("button", { name: "New webhook" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Name"), "x");
  await user.type(within(dialog).getByLabelText("Address"), "http://10.0.0.1/");
  await user.click(within(dialog).getByRole("button", { name: "Create webhook" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("url: 10.0.0.1 is a private address");
});
