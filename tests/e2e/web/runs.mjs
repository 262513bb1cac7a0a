// What a person does to experiments and runs on their pages. `post` and `put` call the platform as the person who is signed in.
export async function checkRuns({ page, check, expect, get, post, put, heading }) {
  const region = (name) => page.getByRole("region", { name, exact: true });
  const runRow = (name) => page.getByRole("table", { name: "Runs" }).getByRole("row", { name });
  const dialog = page.getByRole("dialog");
  const search = () => Object.fromEntries(new URL(page.url()).searchParams);
  let experiment;
  const runs = {};

  await check("makes, describes, renames, deletes and restores an experiment in a folder", async () => {
    await page.goto("/experiments");
    await page.getByRole("button", { name: "New experiment" }).click();
    await dialog.getByLabel("Experiment").fill("e2e/pumps/draft");
    await dialog.getByRole("button", { name: "Create" }).click();
    await heading("draft").waitFor();
    experiment = new URL(page.url()).pathname.split("/").at(-1);
    await page.getByRole("button", { name: "Edit: Description" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill("Pumps of the north hall");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Pumps of the north hall").waitFor();
    await page.getByRole("button", { name: "Actions on experiment e2e/pumps/draft" }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await dialog.getByLabel("Experiment").fill("e2e/pumps/seal");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await heading("seal").waitFor();
    await page.goto("/experiments");
    const row = page.getByRole("row", { name: /Choose e2e\/pumps\/seal/ });
    await row.getByText("Pumps of the north hall").waitFor();
    await page.getByRole("button", { name: "Folder e2e/pumps" }).click();
    await row.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Folder e2e/pumps" }).click();
    await page.getByRole("button", { name: "Actions on experiment e2e/pumps/seal" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await row.waitFor({ state: "detached" });
    await page.getByLabel("Show deleted").check();
    await page.getByRole("button", { name: "Actions on experiment e2e/pumps/seal" }).click();
    await page.getByRole("menuitem", { name: "Restore" }).click();
    await dialog.getByRole("button", { name: "Restore" }).click();
    await dialog.waitFor({ state: "detached" });
    expect((await get(`/v1/experiments/${experiment}`)).is_deleted !== true, "it is still deleted");
  });

  await check("runs to look at are logged", async () => {
    for (const [name, depth, auc] of [
      ["shallow", "3", 0.81],
      ["deep", "9", 0.93],
      ["sweep", "0", 0.5],
    ]) {
      const { run_id: id } = await post("/v1/runs", { experiment_id: experiment, name });
      runs[name] = id;
      const metrics = Array.from({ length: 300 }, (_, step) => ({
        key: "loss",
        value: 1 / (1 + step * Number(depth)) + 0.01,
        step,
        timestamp_ms: Date.now() + step,
      }));
      await post(`/v1/runs/${id}/log`, {
        metrics: [...metrics, { key: "auc", value: auc, timestamp_ms: Date.now() }],
        params: [
          { key: "depth", value: depth },
          { key: "seed", value: "7" },
        ],
      });
      await post(`/v1/runs/${id}:finish`, {});
    }
    const nested = await post("/v1/runs", { experiment_id: experiment, name: "trial", parent_run_id: runs.sweep });
    await post(`/v1/runs/${nested.run_id}:finish`, {});
    const script = "<script>document.documentElement.dataset.ran = 'yes'</script>";
    await put(`/v1/runs/${runs.deep}/artifacts/report.html`, `<h1>Report</h1>${script}`);
    await put(
      `/v1/runs/${runs.deep}/artifacts/plots/curve.svg`,
      `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/>${script}</svg>`,
    );
    await put(`/v1/runs/${runs.deep}/artifacts/out.csv`, 'asset,rul\npump-01,"1,200"\n');
  });

  await check("shows nested runs under their parent", async () => {
    await page.goto(`/experiments/${experiment}`);
    await runRow(/deep/).waitFor();
    expect((await runRow(/trial/).count()) === 0, "a nested run stands at the top");
    await page.getByRole("button", { name: "Runs nested in sweep" }).click();
    await runRow(/trial/).waitFor();
  });

  await check("finds runs by a filter, and shows where a wrong one goes wrong", async () => {
    const box = page.getByRole("searchbox", { name: "Filter runs" });
    await box.fill("metrics.auc > 0.8 AND params.depth > 5");
    await box.press("Enter");
    await runRow(/shallow/).waitFor({ state: "detached" });
    await runRow(/deep/).waitFor();
    await box.fill("metrics.auc > 0.8 AND metrics.auc LIKE 'x'");
    await box.press("Enter");
    const alert = page.getByRole("alert");
    await alert.locator("mark").waitFor();
    const before = await alert.locator("mark").evaluate((mark) => mark.previousSibling.textContent);
    expect(before.startsWith("metrics.auc > 0.8 AND "), `the caret stands behind "${before}"`);
    return `${await alert.locator("p").innerText()} behind "${before}"`;
  });

  await check("sorts by a column and chooses columns, all in the address", async () => {
    await page.goto(`/experiments/${experiment}?columns=metrics.auc`);
    const sort = page.getByRole("columnheader", { name: /auc/ }).getByRole("button", { name: /^auc/ });
    const names = () => page.getByRole("table", { name: "Runs" }).getByRole("rowheader").allInnerTexts();
    await sort.click();
    await page.waitForURL(/sort=metrics.auc/);
    await page.waitForFunction(() => document.querySelector("tbody th")?.textContent === "sweep");
    expect((await names()).join(" ").startsWith("sweep shallow deep"), `ascending: ${await names()}`);
    await page.getByRole("button", { name: /^Columns/ }).click();
    await dialog.getByLabel("depth", { exact: true }).check();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("columnheader", { name: "depth" }).waitFor();
    expect(search().columns === "metrics.auc,params.depth", `columns=${search().columns}`);
  });

  await check("compares runs: what differs, one chart for all, params against a metric", async () => {
    await page.getByLabel("Choose run shallow").check();
    await page.getByLabel("Choose run deep").check();
    await page.getByRole("link", { name: "Compare" }).click();
    await page.getByRole("row", { name: "depth (differs) 3 9" }).waitFor();
    await page.getByLabel("Only differences").check();
    await page.getByRole("row", { name: /^seed/ }).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Charts" }).click();
    await page
      .getByRole("img", { name: /^Chart of loss by step: 600 points/ })
      .locator("canvas")
      .waitFor();
    await page.getByRole("link", { name: "Params and metrics" }).click();
    await page
      .getByRole("img", { name: "metrics.auc by params.depth for 2 runs" })
      .locator("canvas")
      .waitFor();
  });

  await check("zooms into a chart by dragging, smooths it, and writes a note", async () => {
    await page.goto(`/runs/${runs.deep}`);
    await page.getByRole("button", { name: "Edit: Notes" }).click();
    await page.getByRole("textbox", { name: "Notes" }).fill("The **deep** one");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator("strong", { hasText: "deep" }).waitFor();
    await page.getByRole("link", { name: "Charts" }).click();
    const chart = page.getByRole("img", { name: /^Chart of loss/ });
    await chart.locator("canvas").waitFor();
    const box = await chart.boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+&to=\d+/);
    const { from, to } = search();
    expect(Number(from) > 50 && Number(to) < 250, `zoomed to ${from}–${to}`);
    await page.getByRole("button", { name: "Reset zoom" }).click();
    await page.getByLabel("Smoothing").fill("80");
    await page.waitForURL(/smooth=80/);
    return `steps ${from} to ${to}`;
  });

  await check("shows a run's files and runs none of them", async () => {
    await page.getByRole("link", { name: "Artifacts" }).click();
    const files = page.getByRole("navigation", { name: "Artifacts" });
    await files.getByRole("button", { name: /^report.html/ }).click();
    await region("report.html").getByText("<h1>Report</h1>").waitFor();
    await files.getByRole("button", { name: /^out.csv/ }).click();
    await page.getByRole("table", { name: "out.csv" }).getByRole("cell", { name: "1,200" }).waitFor();
    await files.getByRole("button", { name: "plots" }).click();
    await files.getByRole("button", { name: /^curve.svg/ }).click();
    const picture = region("plots/curve.svg").getByRole("img");
    await picture.waitFor();
    await page.waitForFunction(() => (document.querySelector(".artifact-picture img")?.naturalWidth ?? 0) > 0);
    const ran = await page.evaluate(() => document.documentElement.dataset.ran);
    expect(ran === undefined, "a file's script ran");
    const frames = await page.locator("iframe, object, embed").count();
    expect(frames === 0, "a file is shown in a frame");
  });
}
