import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform, Refusal, type Call } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const experiments = {
  experiments: [
    { experiment_id: "2", name: "plant/turbofan" },
    { experiment_id: "0", name: "Default" },
  ],
};
const idOf = (letter: string) => letter.repeat(32);
const run = (letter: string, rmse?: number) => ({
  run_id: idOf(letter),
  experiment_id: "2",
  name: `trial-${letter}`,
  status: "RUN_STATUS_FINISHED",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: "2026-01-01T00:01:05Z",
  // The JSON leaves a zero out.
  metrics: [rmse === undefined ? { key: "rmse" } : { key: "rmse", value: rmse }],
  params: [{ key: "max_depth", value: letter }],
});

interface Search {
  experiment_ids?: string[];
  filter?: string;
  order_by?: string[];
  columns?: string[];
  page_token?: string;
}
const isTable = ({ order_by, filter }: Search) =>
  order_by !== undefined && !filter?.startsWith("tags.`mlflow.parentRunId` =");

/** A platform with these runs; `answer` is asked for the table's searches. */
function platform(answer: (search: Search) => object, nested: object[] = []) {
  const calls = fakePlatform({
    "GET /v1/experiments": experiments,
    "GET /v1/experiments/2": experiments.experiments[0] ?? {},
    "POST /v1/runs:search": ({ body }) => {
      const search = body as Search;
      if (search.filter?.includes("IS NOT NULL") === true) return { runs: nested };
      if (search.filter?.includes("run_id IN") === true)
        return { runs: [run("a")].filter(({ run_id }) => search.filter?.includes(run_id)) };
      if (search.filter?.startsWith("tags.`mlflow.parentRunId` =") === true) return { runs: nested };
      return isTable(search) ? answer(search) : { runs: [run("a", 13.25), run("b", 14)] };
    },
  });
  const searches = () =>
    calls
      .filter((call: Call) => call.path === "/v1/runs:search")
      .map((call) => call.body as Search)
      .filter(isTable);
  return { calls, searches };
}

test("lists runs with duration, metrics and params, and loads the next page on the way down", async () => {
  const { searches } = platform(({ page_token }) =>
    page_token === "t2" ? { runs: [run("c")] } : { runs: [run("a", 13.25), run("b", 14)], next_page_token: "t2" },
  );
  renderPage("/runs");
  const row = await screen.findByRole("row", { name: /trial-a/ });
  expect(within(row).getByText("1m 5s")).toBeVisible();
  expect(within(row).getByText("13.250")).toBeVisible();
  const zero = await screen.findByRole("row", { name: /trial-c/ });
  expect(within(zero).getByText("0.000")).toBeVisible();
  expect(await screen.findByText("3 runs")).toBeVisible();
  expect(searches().map((search) => search.page_token)).toEqual([undefined, "t2"]);
});

test("of many rows only those in sight are drawn", async () => {
  const many = Array.from({ length: 200 }, (_, i) => ({
    ...run("a", i),
    run_id: String(i).padStart(32, "0"),
    name: `many-${i}`,
  }));
  platform(() => ({ runs: many }));
  renderPage("/runs");
  expect(await screen.findByText("200 runs")).toBeVisible();
  expect(screen.getAllByRole("rowheader").length).toBeLessThan(60);
  expect(screen.queryByRole("row", { name: /many-150/ })).not.toBeInTheDocument();
});

test("the table asks for the columns it shows and no others", async () => {
  const { searches } = platform(() => ({ runs: [run("a", 1)] }));
  renderPage("/runs?columns=attributes.status,metrics.rmse,tags.team");
  await screen.findByRole("row", { name: /trial-a/ });
  expect(searches().map((search) => search.columns)).toEqual([["metrics.rmse", "tags.team"]]);
  expect(screen.getAllByRole("columnheader").map((head) => head.textContent)).toEqual([
    "Run",
    "Status",
    "rmse",
    "team",
  ]);
});

test("a filter stands in the address and goes to the platform as it is", async () => {
  const { searches } = platform(({ filter }) => ({ runs: filter === "metrics.rmse < 14" ? [run("a", 13)] : [] }));
  const { user, router } = renderPage("/experiments/2");
  await user.type(await screen.findByLabelText("Filter runs"), "metrics.rmse < 14{Enter}");
  expect(await screen.findByRole("row", { name: /trial-a/ })).toBeVisible();
  expect(router.state.location.search).toEqual({ filter: "metrics.rmse < 14" });
  expect(searches().at(-1)).toMatchObject({ experiment_ids: ["2"], filter: "metrics.rmse < 14" });
});

test("a filter that cannot be read is shown with a caret at its place", async () => {
  platform(() => new Refusal(400, "INVALID_ARGUMENT", "filter: Invalid clause (at character 16: > 3)"));
  renderPage("/runs?filter=metrics.rmse%20%3E%20%3E%203");
  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent("Invalid clause");
  expect(alert.querySelector("mark")).toHaveTextContent(">");
  expect(alert.querySelector("mark")?.previousSibling).toHaveTextContent("metrics.rmse >");
  expect(screen.getByLabelText("Filter runs")).toHaveAccessibleDescription(/Invalid clause/);
});

test("a column's head sorts one way, the other way, and not at all", async () => {
  const { searches } = platform(() => ({ runs: [run("a", 1)] }));
  const { user, router } = renderPage("/runs?columns=metrics.rmse");
  const sort = async () => user.click(await screen.findByRole("button", { name: /^rmse/ }));
  await sort();
  expect(router.state.location.search).toMatchObject({ sort: "metrics.rmse:asc" });
  expect(screen.getByRole("columnheader", { name: /rmse/ })).toHaveAttribute("aria-sort", "ascending");
  await sort();
  await sort();
  expect(router.state.location.search).toEqual({ columns: "metrics.rmse" });
  expect(searches().map((search) => search.order_by)).toEqual([[], ["metrics.rmse ASC"], ["metrics.rmse DESC"]]);
});

test("chosen columns go into the address and are remembered for the experiment", async () => {
  platform(() => ({ runs: [run("a", 1)] }));
  const { user, router, unmount } = renderPage("/experiments/2?columns=attributes.status");
  await user.click(await screen.findByRole("button", { name: /^Columns/ }));
  await user.click(await screen.findByRole("checkbox", { name: "rmse" }));
  expect(router.state.location.search).toEqual({ columns: "attributes.status,metrics.rmse" });
  unmount();
  renderPage("/experiments/2");
  expect(await screen.findByRole("columnheader", { name: /rmse/ })).toBeVisible();
});

test("nested runs appear under their parent when it is opened", async () => {
  const child = { ...run("c", 9), parent_run_id: idOf("a") };
  const { searches } = platform(() => ({ runs: [run("a", 1), run("b", 2)] }), [child]);
  const { user } = renderPage("/runs");
  await screen.findByRole("row", { name: /trial-a/ });
  expect(searches().at(-1)?.filter).toBe("tags.`mlflow.parentRunId` IS NULL");
  expect(screen.queryByRole("button", { name: "Runs nested in trial-b" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Runs nested in trial-a" }));
  await screen.findByRole("row", { name: /trial-c/ });
  const names = screen.getAllByRole("rowheader");
  expect(names.map((name) => name.textContent)).toEqual(["trial-a", "trial-c", "trial-b"]);
});

test("a run nested in one that is gone stands at the top", async () => {
  const orphan = { ...run("d", 9), parent_run_id: idOf("e") };
  const child = { ...run("c", 9), parent_run_id: idOf("a") };
  const { searches } = platform(() => ({ runs: [run("a", 1), orphan] }), [child, orphan]);
  renderPage("/runs");
  await screen.findByRole("row", { name: /trial-d/ });
  expect(searches().at(-1)?.filter).toBe(
    `tags.\`mlflow.parentRunId\` IS NULL OR tags.\`mlflow.parentRunId\` = '${idOf("e")}'`,
  );
});

test("chosen runs can be compared, and deleted after a question", async () => {
  const { calls } = platform(() => ({ runs: [run("a", 1), run("b", 2)] }));
  const { user } = renderPage("/runs");
  expect(await screen.findByRole("button", { name: "Compare" })).toBeDisabled();
  await user.click(await screen.findByLabelText("Choose run trial-a"));
  await user.click(screen.getByLabelText("Choose run trial-b"));
  expect(screen.getByRole("link", { name: "Compare" })).toHaveAttribute(
    "href",
    `/runs/compare?${new URLSearchParams({ runs: `${idOf("a")},${idOf("b")}` }).toString()}`,
  );
  await user.click(screen.getByRole("button", { name: "Delete" }));
  expect(calls.some((call) => call.method === "DELETE")).toBe(false);
  expect(await screen.findByRole("dialog")).toHaveTextContent("Delete 2 runs?");
});

test("runs of several experiments say of which they are", async () => {
  const { searches } = platform(() => ({ runs: [run("a", 1)] }));
  renderPage("/runs?experiment=0,2");
  const row = await screen.findByRole("row", { name: /trial-a/ });
  expect(within(row).getByRole("link", { name: "plant/turbofan" })).toHaveAttribute("href", "/experiments/2");
  expect(searches()[0]?.experiment_ids).toEqual(["0", "2"]);
});
