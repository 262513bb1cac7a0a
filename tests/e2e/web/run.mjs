// Drives Debian's Chromium against a running platform as a person would: MILLWRIGHT_URL, and an admin's one-time code in
// MILLWRIGHT_SIGN_IN_CODE. Needs what the main job leaves: a finished run with charts and a model in Production.
// Prints a line per check; exits 1 if one failed, 2 if it could not start. On a failure a screenshot goes to
// MILLWRIGHT_SCREENSHOTS, if set.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { checkDatasets } from "./datasets.mjs";
import { checkModels } from "./models.mjs";
import { checkRuns } from "./runs.mjs";

const base = process.env.MILLWRIGHT_URL ?? "http://127.0.0.1:5000";
const code = process.env.MILLWRIGHT_SIGN_IN_CODE;
const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const screenshots = process.env.MILLWRIGHT_SCREENSHOTS;
if (code === undefined || !existsSync(chromiumPath)) {
  console.error(code === undefined ? "MILLWRIGHT_SIGN_IN_CODE is not set" : `${chromiumPath} is not installed`);
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: chromiumPath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
const context = await browser.newContext({ baseURL: base, locale: "en-US", viewport: { width: 1440, height: 900 } });
context.setDefaultTimeout(15_000);
const page = await context.newPage();
const pageErrors = [];
page.on("pageerror", (error) => pageErrors.push(error.message));
page.on("console", (message) => {
  if (message.text().includes("Content Security Policy")) pageErrors.push(message.text());
});

let failures = 0;
/** Runs one check and says how it went; a check that depends on a failed one fails too, by itself. */
async function check(name, body) {
  try {
    const note = await body();
    console.log(`ok    ${name}${note ? `: ${note}` : ""}`);
  } catch (error) {
    ++failures;
    console.log(
      `FAIL  ${name}: ${String(error.message ?? error)
        .split("\n")
        .slice(0, 6)
        .join(" | ")}`,
    );
    if (screenshots === undefined) return;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `${name.replace(/\W+/g, "-")}.png`) });
  }
}
function expect(condition, message) {
  if (!condition) throw new Error(message);
}
async function get(path) {
  const response = await context.request.get(path);
  expect(response.ok(), `GET ${path} answered ${response.status()} ${await response.text()}`);
  return response.json();
}
async function send(method, path, options) {
  // As the browser says where a page's call comes from.
  const response = await context.request.fetch(path, { method, headers: { origin: base }, ...options });
  expect(response.ok(), `${method} ${path} answered ${response.status()} ${await response.text()}`);
  return response.json();
}
const post = (path, data) => send("POST", path, { data });
const put = (path, data) => send("PUT", path, { data: Buffer.from(data) });
const link = (name) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name });
const heading = (name) => page.getByRole("heading", { level: 1, name });

await check("a visitor without a session is asked to sign in", async () => {
  await page.goto("/models");
  await page.getByLabel("User name").waitFor();
  expect(new URL(page.url()).pathname === "/sign-in", `landed on ${page.url()}`);
});

await check("a made-up code is refused with a sentence", async () => {
  await page.goto("/sign-in?code=0000");
  await page.getByText("This link has been used or has expired").waitFor();
});

await check("signs in by the one-time link", async () => {
  await page.goto(`/sign-in?code=${encodeURIComponent(code)}`);
  await heading("Overview").waitFor();
  expect(!page.url().includes(code), `the code stayed in the address ${page.url()}`);
});

await check("the code works once", async () => {
  const other = await browser.newContext({ baseURL: base, locale: "en-US" });
  const visitor = await other.newPage();
  await visitor.goto(`/sign-in?code=${encodeURIComponent(code)}`);
  await visitor.getByText("This link has been used or has expired").waitFor();
  await other.close();
});

await check("shows every service and its state", async () => {
  const { services } = await get("/v1/system");
  const table = page.getByRole("table", { name: "Services" });
  for (const { name } of services) await table.getByRole("row", { name: new RegExp(`^${name} `) }).waitFor();
  return `${services.length} services`;
});

await check("shows the model in Production", async () => {
  const { deployments = [] } = await get("/v1/deployments");
  const served = deployments.filter(({ arms = [] }) => arms.length > 0);
  expect(served.length > 0, "no deployment has an arm");
  const table = page.getByRole("table", { name: "In Production" });
  await table.getByRole("row", { name: new RegExp(served[0].name) }).waitFor();
  return served[0].name;
});

await check("shows the steps of the last pipeline run", async () => {
  await link("Pipelines").click();
  await page.getByRole("table", { name: "Pipeline runs" }).getByRole("link").first().click();
  await page.getByRole("heading", { level: 2, name: "Steps" }).waitFor();
  const steps = await page.locator(".step").count();
  expect(steps > 0, "no step is shown");
  return `${steps} steps`;
});

await check("opens a run and draws its chart", async () => {
  const { runs = [] } = await get("/v1/runs?page_size=200");
  const run = runs.find(({ metrics = [] }) => metrics.some(({ step = 0 }) => step > 0));
  expect(run !== undefined, `none of ${runs.length} runs has a metric with a history`);
  await link("Runs").click();
  await page.getByRole("table", { name: "Runs" }).getByRole("row").nth(1).waitFor();
  await page.goto(`/runs/${run.run_id}?tab=charts`);
  const chart = page.getByRole("img", { name: /^Chart of / }).first();
  await chart.locator("canvas").waitFor();
  const drawn = await chart.locator("canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 === 3 && value > 0);
  });
  expect(drawn, "the chart's canvas is empty");
  return chart.getAttribute("aria-label");
});

const model = await get("/v1/models").then(
  ({ models = [] }) => models.find((each) => (each.production_version ?? 0) > 0),
  () => undefined,
);

await check("opens the model and its version in Production", async () => {
  expect(model !== undefined, "no model is in Production");
  await link("Models").click();
  await page.getByRole("table", { name: "Models" }).getByRole("link", { name: model.name, exact: true }).click();
  await heading(model.name).waitFor();
  await page.getByText(`v${model.production_version} in Production`).waitFor();
  await page
    .getByRole("table", { name: "Versions" })
    .getByRole("link", { name: `v${model.production_version}`, exact: true })
    .click();
  await heading(`${model.name} v${model.production_version}`).waitFor();
  for (const title of ["Gate", "Evaluations", "Lineage", "Bundle files"])
    await page.getByRole("heading", { level: 2, name: title, exact: true }).waitFor();
  return `${model.name} v${model.production_version}`;
});

const versions =
  model === undefined ? [] : ((await get(`/v1/models/${model.name}/versions`).catch(() => ({}))).model_versions ?? []);
let candidate;
for (const { version } of versions.filter((each) => each.version !== model.production_version)) {
  const gate = await get(`/v1/models/${model.name}/versions/${version}/gates/STAGE_PRODUCTION`).catch(() => ({}));
  if (gate.passed) candidate ??= { version };
}
const production = async () => (await get(`/v1/models/${model.name}`)).production_version;

await check("promotes a version after showing the gate's numbers", async () => {
  expect(candidate !== undefined, "no other version passes the gate before Production: run the pipeline again first");
  await page.goto(`/models/${model.name}/versions/${candidate.version}`);
  await page.getByRole("button", { name: "Promote", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/The gate before Production is|No rules stand before Production/).waitFor();
  await dialog.getByLabel("Reason").fill("end-to-end test of the page");
  await dialog.getByRole("button", { name: "Promote to Production" }).click();
  await dialog.getByRole("status").getByText("Promoted", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  expect((await production()) === candidate.version, `version ${await production()} is in Production`);
  await page.getByText("end-to-end test of the page").first().waitFor();
  return `v${model.production_version} → v${candidate.version}`;
});

await check("rolls back with a reason", async () => {
  expect(candidate !== undefined, "nothing was promoted");
  await page.goto(`/models/${model.name}`);
  await page.getByRole("button", { name: "Roll back", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Roll back now" }).click();
  expect((await production()) === candidate.version, "it rolled back without a reason");
  await dialog.getByLabel("Reason").fill("end-to-end rollback");
  await dialog.getByRole("button", { name: "Roll back now" }).click();
  await dialog.getByRole("status").getByText("Rolled back", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByText(`v${model.production_version} in Production`).waitFor();
  expect((await production()) === model.production_version, `version ${await production()} is in Production`);
});

const other = versions.find((each) => each.version !== model.production_version);
if (other !== undefined)
  await checkModels({ page, check, expect, get, heading, model: model.name, version: other.version });

if (model !== undefined) {
  const of = { model: model.name, version: model.production_version };
  await checkDatasets({ page, check, expect, get, post, put, heading, link, ...of });
}

await checkRuns({ page, check, expect, get, post, put, heading });

await check("no part of a page failed to load", async () => {
  for (const address of ["/", "/datasets", "/experiments", "/runs", "/models", "/pipelines", `/models/${model?.name}`]) {
    await page.goto(address);
    await page.getByRole("table").first().waitFor();
    await page.waitForTimeout(700);
    const alerts = await page.getByRole("alert").allInnerTexts();
    expect(alerts.length === 0, `${address}: ${alerts.join(" | ")}`);
  }
});

await check("an address that no page has says so", async () => {
  await page.goto("/no/such/page");
  await heading("Page not found").waitFor();
});

await check("switches to Korean and remembers it", async () => {
  await page.goto("/");
  await page.getByRole("button", { name: /^Account and settings/ }).click();
  await page.getByRole("menuitemradio", { name: "한국어" }).click();
  await heading("개요").waitFor();
  await page.reload();
  await heading("개요").waitFor();
  expect((await page.locator("html").getAttribute("lang")) === "ko", "the document's language is not ko");
});

await check("signs out", async () => {
  await page.getByRole("button", { name: /계정 및 설정$/ }).click();
  await page.getByRole("menuitem", { name: "로그아웃" }).click();
  await page.getByLabel("사용자 이름").waitFor();
  expect((await context.request.get("/v1/session")).status() === 401, "the session goes on");
});

await check("no script error and no blocked resource on the way", async () => {
  expect(pageErrors.length === 0, pageErrors.join(" | "));
});

await browser.close();
console.log(failures === 0 ? "all checks passed" : `${failures} checks failed`);
process.exit(failures === 0 ? 0 : 1);
