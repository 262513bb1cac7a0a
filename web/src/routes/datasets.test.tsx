import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const schema = { columns: [{ name: "unit" }, { name: "cycle" }, { name: "s_2" }] };
const versionOf = (version: number) => ({
  dataset_version_id: String(10 + version),
  name: "turbofan",
  version,
  row_count: 20_631 * version,
  content_hash: `${version}`.repeat(64),
  blob: { size: 4_000_000 },
  schema,
  origin: { kind: "csv", file: { name: "train_FD001.txt", sha256: "ab" } },
  created_at: "2026-01-01T00:00:00Z",
});
const datasets = [
  { name: "turbofan", version_count: 2, latest_version: versionOf(2), created_at: "2026-01-01T00:00:00Z" },
  { name: "pumps", version_count: 1, latest_version: { ...versionOf(1), dataset_version_id: "5", name: "pumps" } },
];

test("lists datasets with their latest version, and finds one by its name", async () => {
  fakePlatform({ "GET /v1/datasets": { datasets } });
  const { user } = renderPage("/datasets");
  const table = await screen.findByRole("table", { name: "Datasets" });
  expect(within(table).getByRole("row", { name: /turbofan v2 41,262 3 2/ })).toBeVisible();
  expect(within(table).getByRole("link", { name: "v2" })).toHaveAttribute("href", "/datasets/versions/12");
  await user.type(screen.getByLabelText("Find a dataset"), "pum");
  expect(await screen.findByRole("link", { name: "pumps" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "turbofan" })).not.toBeInTheDocument();
});

test("says how the first dataset comes about", async () => {
  fakePlatform({ "GET /v1/datasets": {} });
  renderPage("/datasets");
  expect(await screen.findByText("No datasets yet")).toBeVisible();
});

test("shows the versions of a dataset with rows, origin and what changed", async () => {
  const calls = fakePlatform({ "GET /v1/dataset-versions": { dataset_versions: [versionOf(2), versionOf(1)] } });
  renderPage("/datasets/turbofan");
  const table = await screen.findByRole("table", { name: "Versions" });
  expect(within(table).getByRole("row", { name: /v2 41,262 3 csv: train_FD001\.txt/ })).toBeVisible();
  expect(within(table).getByRole("link", { name: "Changes since v1" })).toHaveAttribute(
    "href",
    "/datasets/versions/12?part=differences",
  );
  expect(within(table).getAllByRole("link", { name: /Changes since/ })).toHaveLength(1);
  expect(calls.find((call) => call.path === "/v1/dataset-versions")?.query.get("name")).toBe("turbofan");
});
