import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { admin, fakePlatform, Refusal } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const pump = {
  name: "pump",
  description: "Fails within ten minutes?",
  latest_version: 3,
  production_version: 2,
  aliases: { champion: 2 },
  tags: { team: "north" },
};
const routes = { "GET /v1/models:search": { models: [pump, { name: "fan" }] } };

test("a model's row shows stages, aliases, tags and description", async () => {
  fakePlatform(routes);
  renderPage("/models");
  const row = await screen.findByRole("row", { name: /^pump/ });
  expect(row).toHaveTextContent("Fails within ten minutes?");
  expect(row).toHaveTextContent("v2–v3");
  expect(within(row).getByRole("link", { name: "@champion v2" })).toHaveAttribute("href", "/models/pump/versions/2");
  expect(row).toHaveTextContent("teamnorth");
});

test("typing searches by name, and the address keeps the search", async () => {
  const calls = fakePlatform({
    "GET /v1/models:search": (call) => (call.query.get("filter") === null ? { models: [pump] } : {}),
  });
  const { user, router } = renderPage("/models");
  await screen.findByRole("row", { name: /^pump/ });
  await user.type(screen.getByRole("searchbox", { name: "Search by name" }), "fan's");
  expect(await screen.findByText("No model has “fan's” in its name")).toBeVisible();
  expect(calls.at(-1)?.query.get("filter")).toBe("name ILIKE '%fan_s%'");
  expect(router.state.location.search).toEqual({ q: "fan's" });
});

test("creates a model and opens it", async () => {
  const calls = fakePlatform({
    ...routes,
    "POST /v1/models": { name: "valve" },
    "GET /v1/models/valve": { name: "valve" },
  });
  const { user } = renderPage("/models");
  await user.click(await screen.findByRole("button", { name: "New model" }));
  const dialog = await screen.findByRole("dialog", { name: "New model" });
  await user.type(within(dialog).getByLabelText("Name"), "valve");
  await user.type(within(dialog).getByLabelText("Description"), "Leaks");
  await user.click(within(dialog).getByRole("button", { name: "Create model" }));
  expect(await screen.findByRole("heading", { name: "valve" })).toBeVisible();
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({ name: "valve", description: "Leaks" });
});

test("a name that is taken is said beside the form", async () => {
  fakePlatform({ ...routes, "POST /v1/models": new Refusal(409, "ALREADY_EXISTS", 'model "pump" exists') });
  const { user } = renderPage("/models");
  await user.click(await screen.findByRole("button", { name: "New model" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Name"), "pump");
  await user.click(within(dialog).getByRole("button", { name: "Create model" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent('That name is takenmodel "pump" exists');
});

test("deletes only what was typed out, and only with a yes to what is in Production", async () => {
  const calls = fakePlatform({ ...routes, "DELETE /v1/models/pump": {} });
  const { user } = renderPage("/models");
  await user.click(await screen.findByRole("button", { name: "Actions for pump" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete…" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete pump?" });
  const submit = within(dialog).getByRole("button", { name: "Delete model" });
  expect(submit).toBeDisabled();
  await user.click(within(dialog).getByRole("checkbox", { name: /although v2 is in Production/ }));
  await user.type(within(dialog).getByLabelText("Type pump to confirm"), "pump");
  await user.click(submit);
  await screen.findByRole("row", { name: /^fan/ });
  const sent = calls.find((call) => call.method === "DELETE");
  expect(sent?.query.get("allow_production")).toBe("true");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("renames from the model's page and goes on under the new name", async () => {
  const calls = fakePlatform({
    ...routes,
    "GET /v1/models/pump": pump,
    "POST /v1/models/pump:rename": { name: "pump-2" },
    "GET /v1/models/pump-2": { name: "pump-2" },
  });
  const { user, router } = renderPage("/models/pump");
  await user.click(await screen.findByRole("button", { name: "Actions for pump" }));
  await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
  const dialog = await screen.findByRole("dialog", { name: "Rename pump" });
  await user.clear(within(dialog).getByLabelText("New name"));
  await user.type(within(dialog).getByLabelText("New name"), "pump-2");
  await user.click(within(dialog).getByRole("button", { name: "Rename" }));
  expect(await screen.findByRole("heading", { name: "pump-2" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/models/pump-2");
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({ new_name: "pump-2" });
});

test("viewers read, and see nothing to change", async () => {
  fakePlatform({ ...routes, "GET /v1/session": { ...admin, role: "ROLE_VIEWER" } });
  renderPage("/models");
  await screen.findByRole("row", { name: /^pump/ });
  expect(screen.queryByRole("button", { name: "New model" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^Actions/ })).not.toBeInTheDocument();
});
