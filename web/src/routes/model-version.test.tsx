import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { admin, fakePlatform } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const chain = {
  dataset_version_id: "12",
  dataset: "pumps",
  run_id: "ab".repeat(16),
  name: "pump",
  version: 3,
  stage: "STAGE_PRODUCTION",
  deployment: "pump",
  revision: 5,
};
const version = { name: "pump", version: 3, stage: "STAGE_STAGING", run_id: chain.run_id, aliases: ["champion"] };
const approval = (approval_id: string, is_approved: boolean, reason: string) => ({
  approval_id,
  name: "pump",
  version: 3,
  stage: "STAGE_PRODUCTION",
  is_approved,
  actor: "ada",
  reason,
});
const routes = {
  "GET /v1/models/pump": { name: "pump", latest_version: 4, production_version: 2, aliases: { champion: 3, old: 1 } },
  "GET /v1/models/pump/versions/3": version,
  "GET /v1/models/pump/versions/3/evaluations": {},
  "GET /v1/models/pump/versions/3/approvals": {
    approvals: [approval("2", true, "fine now"), approval("1", false, "too few rows")],
  },
  "GET /v1/models/pump/versions/3/checks": {
    checks: [{ check_id: "1", check: "scan", is_passed: true, link: "https://ci.example.com/1" }],
  },
  "GET /v1/models/pump/versions/3/gates/STAGE_PRODUCTION": {
    findings: [
      { kind: "FINDING_KIND_APPROVALS", required: 2, approved_by: ["ada"], message: "1 of 2 approvals" },
      { kind: "FINDING_KIND_CHECK", check: "scan", passed: true },
    ],
  },
  "GET /v1/models/pump/promotions": {},
  "GET /v1/lineage": { chains: [chain] },
  "GET /v1/models/pump/versions/3/card": {
    markdown:
      "# pump version 3\n\n## Use\n\nOnly **here**.\n\n## About\n\n| what | value |\n|---|---|\n| run | abab |\n",
    card_text: "## Use\n\nOnly **here**.",
  },
};

test("shows where the version comes from and where it went", async () => {
  const calls = fakePlatform(routes);
  renderPage("/models/pump/versions/3");
  const flow = await screen.findByRole("list", { name: "Lineage" });
  expect(within(flow).getByRole("link", { name: "pumps, version 12" })).toHaveAttribute(
    "href",
    "/datasets/versions/12",
  );
  expect(within(flow).getByRole("link", { name: "abababababab" })).toHaveAttribute("href", `/runs/${chain.run_id}`);
  expect(within(flow).getByRole("link", { name: "pump v3" })).toBeVisible();
  expect(flow).toHaveTextContent("Deploymentpumprevision 5");
  expect(calls.find((call) => call.path === "/v1/lineage")?.query.toString()).toBe("name=pump&version=3");
});

test("shows what people and checks said, and what of it counts for the gate", async () => {
  fakePlatform(routes);
  renderPage("/models/pump/versions/3");
  const approvals = await screen.findByRole("table", { name: "Approvals" });
  expect(within(approvals).getByRole("row", { name: /fine now Approved Production/ })).toBeVisible();
  expect(within(approvals).getByRole("row", { name: /too few rows Rejected Since changed/ })).toBeVisible();
  const gate = await screen.findByRole("table", { name: "Gate" });
  expect(within(gate).getByRole("row", { name: /Approvals 1 of 2 approvals 1 of 2 ?ada Fails/ })).toBeVisible();
  expect(within(gate).getByRole("row", { name: /scan ?Check Passes/ })).toBeVisible();
});

test("approves and rejects for a stage", async () => {
  const calls = fakePlatform({
    ...routes,
    "POST /v1/models/pump/versions/3:approve": approval("3", true, ""),
    "POST /v1/models/pump/versions/3:reject": approval("4", false, "no"),
  });
  const { user } = renderPage("/models/pump/versions/3");
  await user.click(await screen.findByRole("button", { name: "Approve or reject" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Approve" }));
  await user.click(await screen.findByRole("button", { name: "Approve or reject" }));
  const dialog = await screen.findByRole("dialog");
  await user.selectOptions(within(dialog).getByLabelText("For"), "Staging");
  await user.type(within(dialog).getByLabelText("Reason"), "no");
  await user.click(within(dialog).getByRole("button", { name: "Reject" }));
  await screen.findByRole("button", { name: "Approve or reject" });
  expect(calls.filter((call) => call.method === "POST").map(({ path, body }) => [path, body])).toEqual([
    ["/v1/models/pump/versions/3:approve", { stage: "STAGE_PRODUCTION", reason: "" }],
    ["/v1/models/pump/versions/3:reject", { stage: "STAGE_STAGING", reason: "no" }],
  ]);
});

test("records a check", async () => {
  const calls = fakePlatform({ ...routes, "POST /v1/models/pump/versions/3/checks": { check_id: "2", check: "x" } });
  const { user } = renderPage("/models/pump/versions/3");
  await user.click(await screen.findByRole("button", { name: "Record a check" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Name"), "plant-review");
  await user.selectOptions(within(dialog).getByLabelText("Result"), "Failed");
  await user.click(within(dialog).getByRole("button", { name: "Record" }));
  await screen.findByRole("button", { name: "Record a check" });
  expect(calls.find((call) => call.method === "POST")?.body).toEqual({
    check: "plant-review",
    is_passed: false,
    details: "",
    link: "",
  });
});

test("an alias that another version has moves here", async () => {
  const calls = fakePlatform({ ...routes, "PUT /v1/models/pump/aliases/old": {} });
  const { user } = renderPage("/models/pump/versions/3");
  await user.click(await screen.findByRole("button", { name: "Add alias" }));
  await user.type(screen.getByLabelText("Alias"), "old");
  expect(screen.getByText("Moves it from v1")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByRole("button", { name: "Add alias" });
  expect(calls.find((call) => call.method === "PUT")?.body).toEqual({ version: 3 });
});

test("the card: what people wrote beside what is known; written text is kept", async () => {
  const calls = fakePlatform({ ...routes, "PATCH /v1/models/pump/versions/3": version });
  const { user } = renderPage("/models/pump/versions/3?part=card");
  const written = await screen.findByRole("region", { name: "Model card" });
  expect(within(written).getByText("here")).toHaveProperty("tagName", "STRONG");
  const known = screen.getByRole("region", { name: "From lineage and evaluations" });
  expect(within(known).getByRole("row", { name: "run abab" })).toBeVisible();
  expect(known).not.toHaveTextContent("Only here");
  await user.click(within(written).getByRole("button", { name: "Edit text" }));
  const field = screen.getByLabelText("Text");
  expect(field).toHaveValue("## Use\n\nOnly **here**.");
  await user.clear(field);
  await user.type(field, "<b>New</b>");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByRole("button", { name: "Edit text" });
  expect(calls.find((call) => call.method === "PATCH")?.body).toEqual({ card_text: "<b>New</b>" });
});

test("deletes a version and goes to its model", async () => {
  const calls = fakePlatform({ ...routes, "DELETE /v1/models/pump/versions/3": {} });
  const { user, router } = renderPage("/models/pump/versions/3");
  await user.click(await screen.findByRole("button", { name: "Actions for v3" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete…" }));
  await user.click(await screen.findByRole("button", { name: "Delete version" }));
  expect(await screen.findByRole("heading", { name: "pump" })).toBeVisible();
  expect(router.state.location.pathname).toBe("/models/pump");
  expect(calls.some((call) => call.method === "DELETE")).toBe(true);
});

test("viewers see no words to give", async () => {
  fakePlatform({ ...routes, "GET /v1/session": { ...admin, role: "ROLE_VIEWER" } });
  renderPage("/models/pump/versions/3");
  expect(await screen.findByRole("table", { name: "Checks" })).toBeVisible();
  for (const name of ["Approve or reject", "Record a check", "Add alias", "Add tag", "Actions for v3"])
    expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
});

test("the lineage of a dataset version shows every version made from it", async () => {
  const calls = fakePlatform({
    "GET /v1/lineage": { chains: [chain, { ...chain, version: 2, deployment: undefined, revision: undefined }] },
  });
  renderPage("/lineage?dataset=12");
  expect(await screen.findByRole("link", { name: "pump v2" })).toBeVisible();
  expect(screen.getByText("Not serving")).toBeVisible();
  expect(calls.at(-1)?.query.toString()).toBe("dataset_version_id=12");
});
