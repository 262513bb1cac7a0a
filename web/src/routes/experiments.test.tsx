import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { admin, fakePlatform, Refusal } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const bearing = {
  experiment_id: "4",
  name: "plant/pumps/bearing",
  tags: [{ key: "mlflow.note.content", value: "48 h ahead\nsecond line" }],
};
const seal = { experiment_id: "5", name: "plant/pumps/seal" };
const old = { experiment_id: "9", name: "plant/old", is_deleted: true };

function platform(more: Record<string, object> = {}) {
  return fakePlatform({
    "POST /v1/experiments:search": ({ body }) => ({
      experiments: (body as { view: string }).view === "LIFECYCLE_VIEW_ALL" ? [bearing, seal, old] : [bearing, seal],
    }),
    "GET /v1/experiments": { experiments: [bearing, seal] },
    "GET /v1/experiments/4": bearing,
    "POST /v1/runs:search": {},
    ...more,
  });
}

test("experiments stand in folders that open and close", async () => {
  platform();
  const { user } = renderPage("/experiments");
  const row = await screen.findByRole("row", { name: /bearing/ });
  expect(within(row).getByText("48 h ahead")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Folder plant/pumps" }));
  expect(screen.queryByRole("row", { name: /bearing/ })).not.toBeInTheDocument();
  expect(screen.getByRole("row", { name: /pumps/ })).toBeVisible();
});

test("a search finds by any part of the name and stands in the address", async () => {
  platform();
  const { user, router } = renderPage("/experiments");
  await user.type(await screen.findByLabelText("Find by name or id"), "SEA");
  expect(await screen.findByRole("link", { name: "seal" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "bearing" })).not.toBeInTheDocument();
  expect(router.state.location.search).toEqual({ text: "SEA" });
});

test("deleted ones are shown on demand and can be restored", async () => {
  const calls = platform({ "POST /v1/experiments/9:restore": old });
  const { user } = renderPage("/experiments");
  expect(await screen.findByRole("link", { name: "seal" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "old" })).not.toBeInTheDocument();
  await user.click(screen.getByLabelText("Show deleted"));
  const row = await screen.findByRole("row", { name: /old/ });
  expect(within(row).getByText("Deleted")).toBeVisible();
  await user.click(within(row).getByRole("button", { name: "Actions on experiment plant/old" }));
  await user.click(await screen.findByRole("menuitem", { name: "Restore" }));
  await user.click(await screen.findByRole("button", { name: "Restore" }));
  expect(calls.some((call) => call.path === "/v1/experiments/9:restore")).toBe(true);
});

test("chosen experiments, or a whole folder, show their runs together", async () => {
  platform();
  const { user } = renderPage("/experiments");
  await user.click(await screen.findByLabelText("Choose plant/pumps"));
  expect(screen.getByLabelText("Choose plant/pumps/seal")).toBeChecked();
  expect(screen.getByRole("link", { name: "Show their runs" })).toHaveAttribute("href", "/runs?experiment=4%2C5");
});

test("a new experiment opens; a name that is taken is said beside the form", async () => {
  let taken = true;
  platform({
    "POST /v1/experiments": () =>
      taken ? new Refusal(409, "ALREADY_EXISTS", 'experiment "plant/x" exists') : { ...bearing, name: "plant/x" },
  });
  const { user, router } = renderPage("/experiments");
  await user.click(await screen.findByRole("button", { name: "New experiment" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Experiment"), "plant/x");
  await user.click(within(dialog).getByRole("button", { name: "Create" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent('experiment "plant/x" exists');
  taken = false;
  await user.click(within(dialog).getByRole("button", { name: "Create" }));
  await screen.findByRole("heading", { level: 1, name: "bearing" });
  expect(router.state.location.pathname).toBe("/experiments/4");
});

test("the description of an experiment is edited in place", async () => {
  const calls = platform({ "POST /v1/experiments/4/tags": bearing });
  const { user } = renderPage("/experiments/4");
  await user.click(await screen.findByRole("button", { name: /Edit.*Description/i }));
  await user.type(screen.getByLabelText("Description"), "!");
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(calls.find((call) => call.path === "/v1/experiments/4/tags")?.body).toEqual({
    tags: [{ key: "mlflow.note.content", value: "48 h ahead\nsecond line!" }],
  });
});

test("a viewer is offered no change", async () => {
  platform({ "GET /v1/session": { ...admin, role: "ROLE_VIEWER" } });
  renderPage("/experiments");
  expect(await screen.findByRole("link", { name: "seal" })).toBeVisible();
  expect(screen.queryByRole("button", { name: /New experiment|Actions on/ })).not.toBeInTheDocument();
});
