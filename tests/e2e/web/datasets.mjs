// What a person does to datasets and evaluations on their pages. `model` has a version whose run was evaluated by a pipeline.
export async function checkDatasets({ page, check, expect, get, post, put, heading, link, model, version }) {
  const table = (name) => page.getByRole("table", { name, exact: true });
  const region = (name) => page.getByRole("region", { name, exact: true });
  const tab = (name) => page.getByRole("link", { name, exact: true });
  const isDrawn = (chart) =>
    chart.locator("canvas").evaluate((canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, i) => i % 4 === 3 && value > 0);
    });
  let latest;

  await check(
    "opens a dataset's version from the list: schema, statistics and a histogram of each column",
    async () => {
      const { datasets = [] } = await get("/v1/datasets");
      const dataset = datasets.find(({ name }) => name === model) ?? datasets[0];
      expect(dataset !== undefined, "there is no dataset");
      latest = await get(`/v1/dataset-versions/${dataset.latest_version.dataset_version_id}`);
      await link("Datasets").click();
      await heading("Datasets").waitFor();
      await table("Datasets").getByRole("link", { name: dataset.name, exact: true }).click();
      await table("Versions")
        .getByRole("link", { name: `v${latest.version}`, exact: true })
        .click();
      await heading(`${dataset.name} v${latest.version}`).waitFor();
      const columns = table("Columns of the dataset");
      const sensors = latest.schema.columns.filter(({ role }) => role === "sensor");
      for (const { name } of sensors.slice(0, 5)) {
        const row = columns.getByRole("row").filter({ has: page.getByRole("button", { name, exact: true }) });
        expect((await row.getByRole("img").locator("rect").count()) > 1, `${name} has no histogram`);
      }
      await columns.getByRole("button", { name: sensors[0].name, exact: true }).click();
      await table("Quantiles").getByRole("row", { name: /^50 %/ }).waitFor();
      await page.reload();
      await table("Quantiles").waitFor();
      return `${dataset.name} v${latest.version}, ${latest.schema.columns.length} columns`;
    },
  );

  await check("shows which runs used a dataset version, and each look at it as a test set", async () => {
    await tab("Use").click();
    await table("Runs trained on it").getByRole("link").first().waitFor();
    const { looks = [] } = await get(`/v1/test-looks?dataset_version_id=${latest.dataset_version_id}`);
    expect(looks.length > 0, "no look was recorded");
    await table("Looks at the test set").getByRole("row").nth(looks.length).waitFor();
    await page.getByRole("list", { name: "Lineage", exact: true }).getByRole("link").first().waitFor();
    return `${looks.length} looks`;
  });

  // Two versions of known content: the table is another's, the facts are made up.
  await check("shows what rules found wrong, and what changed between two versions", async () => {
    const name = `e2e-${Date.now()}`;
    const column = (more) => ({ role: "sensor", type: "number", unit: "", ...more });
    const figures = { count: 100, missing: 0, sd: 1, min: 0, max: 9 };
    const made = [];
    for (const [isSecond, mean, counts] of [
      [false, 2, [50, 30, 20]],
      [true, 8, [5, 15, 80]],
    ]) {
      const pressure = column({ name: "pressure", unit: isSecond ? "kPa" : "bar" });
      const columns = isSecond ? [pressure] : [pressure, column({ name: "gone" })];
      const histogram = { edges: [0, 3, 6, 9], counts };
      made.push(
        await post(`/v1/datasets/${name}/versions`, {
          sha256: latest.blob.sha256,
          content_hash: (isSecond ? "2" : "1").repeat(64),
          row_count: isSecond ? 200 : 100,
          schema: { columns },
          statistics: { columns: columns.map((each) => ({ ...each, ...figures, mean, histogram })) },
          origin: { kind: "csv", file: { name: "made-up.csv" } },
          validation: {
            passed: !isSecond,
            errors: 0,
            warnings: isSecond ? 1 : 0,
            inferred: [],
            rules: [
              {
                rule: "range",
                column: "pressure",
                severity: "warning",
                mostly: 0.9,
                min: 0,
                max: 6,
                passed: !isSecond,
                checked: 100,
                failed: isSecond ? 80 : 0,
                message: "80 of 100 values are outside 0 to 6",
                examples: [
                  {
                    row: "made-up.csv: row 21",
                    value: 8.5,
                    message: "8.5 is above 6",
                  },
                ],
              },
            ],
          },
        }),
      );
    }
    const [, second] = made;
    await page.goto(`/datasets/versions/${second.dataset_version_id}?part=validation`);
    await page.getByText("1 of 1 rules do not hold: 0 errors, 1 warnings").waitFor();
    await table("Where Range pressure fails")
      .getByRole("row", { name: "made-up.csv: row 21 8.5 8.5 is above 6" })
      .waitFor();
    await tab("Differences").click();
    const differences = table("Differences");
    await differences.getByRole("row", { name: /^gone Removed/ }).waitFor();
    const row = differences.getByRole("row", {
      name: /^pressure Schema.*unit: bar → kPa.*large/,
    });
    await row.getByText("was 2", { exact: true }).waitFor();
    expect((await row.getByRole("img").locator("g").count()) === 2, "the two histograms are not over each other");
  });

  await check("shows a version's evaluation: metrics with intervals, charts, features and looks", async () => {
    await page.goto(`/models/${model}/versions/${version}?part=evaluation`);
    const { run_id: run } = await get(`/v1/models/${model}/versions/${version}`);
    const report = await get(`/v1/runs/${run}/artifacts/evaluation/evaluation.json`);
    const [head] = report.heads;
    await table("Metrics")
      .getByRole("row", { name: new RegExp(`^${head.primary_metric}`) })
      .waitFor();
    if (report.champion !== undefined) await table("Metrics").getByRole("columnheader", { name: "Champion" }).waitFor();
    await table("Looks at the test set").getByRole("row").nth(1).waitFor();
    const plots = page.locator("figure.plot");
    expect((await plots.count()) > 1, "no chart is there");
    for (const plot of await plots.all()) {
      await plot.scrollIntoViewIfNeeded();
      await plot.locator("canvas").waitFor();
      expect(await isDrawn(plot), `${await plot.getAttribute("aria-label")} is empty`);
    }
    return `${head.task}, ${Object.keys(head.metrics).length} metrics, ${await plots.count()} charts`;
  });

  await check("shows a challenger beside a champion, head by head", async () => {
    const { run_id: run } = await post("/v1/runs", {
      experiment_id: "0",
      name: "e2e-evaluated",
    });
    const metric = { value: 12, low: 11, high: 13, better: "lower" };
    const report = {
      format: 1,
      split: "test",
      champion: { model: "rul", version: 7 },
      verdict: "better",
      resampling: { resamples: 1000, confidence: 0.95 },
      heads: [
        {
          name: "life",
          task: "regression",
          primary_metric: "rmse",
          metrics: {
            rmse: {
              ...metric,
              champion: { value: 14, low: 13, high: 15 },
              difference: { value: -2, low: -3, high: -1 },
              verdict: "better",
            },
          },
          slices: Array.from({ length: 150 }, (_, i) => ({
            by: "site",
            value: `site ${i}`,
            rows: 9,
            primary: metric,
          })),
          trajectories: [
            {
              asset: "engine 1",
              times: [1, 2, 3],
              truth: [3, 2, 1],
              prediction: [4, 2, 1],
              low: [2, 1, 0],
              high: [5, 4, 3],
            },
          ],
        },
        {
          name: "alarm",
          task: "binary",
          primary_metric: "f1",
          metrics: { f1: { value: 0.8, better: "higher" } },
        },
      ],
    };
    await put(`/v1/runs/${run}/artifacts/evaluation/evaluation.json`, JSON.stringify(report));
    await page.goto(`/runs/${run}`);
    await page.getByRole("navigation", { name: "Parts of the run" }).getByRole("link", { name: "Evaluation" }).click();
    await page.getByText("Better than rul v7 by rmse").waitFor();
    await table("Metrics")
      .getByRole("row", { name: /^rmse.*Better$/ })
      .waitFor();
    const slices = table("Slices");
    expect((await slices.getByRole("row").count()) < 100, "slices out of sight are drawn");
    await region("Slices, scrollable").evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await slices.getByRole("rowheader", { name: /^site 149/ }).waitFor();
    const life = page.getByRole("img", {
      name: "Actual and predicted along 3 rows of engine 1",
    });
    await life.scrollIntoViewIfNeeded();
    await life.locator("canvas").waitFor();
    expect(await isDrawn(life), "the trajectory is empty");
    await page.getByRole("button", { name: "alarm", exact: true }).click();
    await table("Metrics").getByRole("row", { name: /^f1/ }).waitFor();
  });
}
