// What a person does to models on their pages. `model` has at least two versions and one in Production, which stays there;
// `version` is one that is not in Production.
export async function checkModels({ page, check, expect, get, heading, model, version }) {
  const at = `/models/${model}`;
  const region = (name) => page.getByRole("region", { name, exact: true });
  const menu = async (label, item) => {
    await page.getByRole("button", { name: label }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };

  await check("makes, searches, describes, tags, renames and deletes a model", async () => {
    await page.goto("/models");
    await page.getByRole("button", { name: "New model" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("e2e-valve");
    await dialog.getByRole("button", { name: "Create model" }).click();
    await heading("e2e-valve").waitFor();
    await page.getByRole("button", { name: "Edit: Description" }).click();
    await page.getByRole("textbox", { name: "Description" }).fill("Valves that leak");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Add tag" }).click();
    await page.getByLabel("Key").fill("line/2");
    await page.getByLabel("Value").fill("north hall");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Remove tag line/2" }).waitFor();
    await menu("Actions for e2e-valve", "Rename");
    await dialog.getByLabel("New name").fill("e2e-gate-valve");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await heading("e2e-gate-valve").waitFor();
    await page.goto("/models");
    await page.getByRole("searchbox", { name: "Search by name" }).fill("GATE-val");
    await page.getByRole("link", { name: model, exact: true }).waitFor({ state: "detached" });
    const row = page.getByRole("row", { name: /e2e-gate-valve/ });
    const text = await row.innerText();
    expect(text.includes("Valves that leak") && text.includes("north hall"), `the row says ${text}`);
    await menu("Actions for e2e-gate-valve", "Delete…");
    await dialog.getByLabel("Type e2e-gate-valve to confirm").fill("e2e-gate-valve");
    await dialog.getByRole("button", { name: "Delete model" }).click();
    await page.getByText("No model has “GATE-val” in its name").waitFor();
  });

  await check("names a version by an alias, and moves it", async () => {
    await page.goto(`${at}/versions/${version}`);
    await page.getByRole("button", { name: "Add alias" }).click();
    await page.getByRole("textbox", { name: "Alias" }).fill("challenger");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Remove alias challenger" }).waitFor();
    await page.goto(at);
    await page.getByRole("button", { name: "Move alias challenger", exact: true }).click();
    const { production_version: production } = await get(`/v1/models/${model}`);
    await page.getByLabel("Version", { exact: true }).fill(String(production));
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Move alias challenger", exact: true }).waitFor();
    const { aliases } = await get(`/v1/models/${model}`);
    expect(aliases.challenger === production, `challenger is v${aliases.challenger}`);
    await page.getByRole("button", { name: "Remove alias challenger" }).click();
    await page.getByRole("button", { name: "Remove alias challenger" }).waitFor({ state: "detached" });
  });

  await check("writes a card, whose HTML stays text", async () => {
    await page.goto(`${at}/versions/${version}?part=card`);
    await page.getByRole("button", { name: /^(Write the card|Edit text)$/ }).click();
    await page.getByLabel("Text").fill('## Use\n\nOnly **indoors**. <img src=x onerror="document.title=1">');
    await page.getByRole("button", { name: "Save" }).click();
    const card = region("Model card");
    await card.getByRole("heading", { name: "Use" }).waitFor();
    await card.getByText("<img src=x").waitFor();
    expect((await card.locator("img").count()) === 0, "the card's HTML became an element");
    await region("From lineage and evaluations")
      .getByRole("row", { name: /content hash/ })
      .waitFor();
  });

  await check("sets a gate, shows it closed, is refused, and passes once the check is recorded", async () => {
    await page.goto(`${at}?part=gates`);
    await page.getByRole("button", { name: "Edit the rules before Staging" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add check" }).click();
    await dialog.getByRole("textbox", { name: "Check 1" }).fill("e2e-review");
    await dialog.getByLabel("People who must approve").fill("1");
    await dialog.getByRole("button", { name: "Save rules" }).click();
    await page.getByRole("region", { name: "Before Staging" }).getByText("e2e-review").waitFor();

    await page.goto(`${at}/versions/${version}`);
    const promote = async () => {
      await page.getByRole("button", { name: "Promote", exact: true }).click();
      await dialog.getByLabel("Stage").selectOption("STAGE_STAGING");
    };
    await promote();
    await dialog.getByText("The gate before Staging is closed for this version").waitFor();
    await dialog.getByLabel("Reason").fill("try it early");
    await dialog.getByRole("button", { name: "Promote to Staging" }).click();
    await dialog
      .getByRole("alert")
      .getByText(/check e2e-review was not recorded/)
      .waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    const refused = page.getByRole("article").filter({ hasText: "try it early" });
    await refused.getByText("Refused").waitFor();
    await refused
      .getByText(/check e2e-review was not recorded/)
      .first()
      .waitFor();

    await page.getByRole("button", { name: "Record a check" }).click();
    await dialog.getByLabel("Name").fill("e2e-review");
    await dialog.getByRole("button", { name: "Record", exact: true }).click();
    await page.getByRole("table", { name: "Checks" }).getByText("e2e-review").waitFor();
    await page.getByRole("button", { name: "Approve or reject" }).click();
    await dialog.getByLabel("For").selectOption("STAGE_STAGING");
    await dialog.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("table", { name: "Approvals" }).getByText("Approved").waitFor();
    await promote();
    await dialog.getByText("The gate before Staging is open for this version").waitFor();
    await dialog.getByRole("button", { name: "Promote to Staging" }).click();
    await dialog.getByRole("status").getByText("Promoted", { exact: true }).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    const { staging_version: staging } = await get(`/v1/models/${model}`);
    expect(staging === version, `v${staging} is in Staging`);
  });

  await check("shows where a version comes from, and what else came from its data", async () => {
    await page.goto(`${at}/versions/${version}`);
    const flow = page.getByRole("list", { name: "Lineage", exact: true });
    const { run_id: run } = await get(`/v1/models/${model}/versions/${version}`);
    expect(
      (await flow.getByRole("link", { name: run.slice(0, 12) }).getAttribute("href")) === `/runs/${run}`,
      "no run",
    );
    await flow.getByRole("link", { name: new RegExp(`^${model}, version`) }).click();
    await page.getByRole("link", { name: "Use", exact: true }).click();
    await flow.getByRole("link", { name: `${model} v${version}`, exact: true }).waitFor();
    const versions = await flow.getByRole("link", { name: new RegExp(`^${model} v\\d+$`) }).count();
    expect(versions > 1, `${versions} version came from the dataset version`);
    return `${versions} versions of one dataset version`;
  });

  await check("compares two versions", async () => {
    const { production_version: production } = await get(`/v1/models/${model}`);
    await page.goto(at);
    await page.getByRole("checkbox", { name: `Select v${version} to compare` }).check();
    await page.getByRole("checkbox", { name: `Select v${production} to compare` }).check();
    await page.getByRole("button", { name: "Compare selected" }).click();
    await heading(/^Compare /).waitFor();
    const lineage = page.getByRole("table", { name: "Lineage", exact: true });
    await lineage.getByRole("row", { name: /^run_id/ }).waitFor();
    const params = page.getByRole("table", { name: "Params", exact: true });
    await page.getByLabel("Show what is the same").check();
    await params.getByRole("row", { name: /max_depth/ }).waitFor();
  });

  await check("makes a webhook whose secret is shown once, and deletes it", async () => {
    await page.goto(`${at}?part=webhooks`);
    await page.getByRole("button", { name: "New webhook" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("e2e-hook");
    await dialog.getByLabel("Address").fill("https://hooks.example.invalid/");
    await dialog.getByRole("button", { name: "Create webhook" }).click();
    const secret = await dialog.locator(".secret code").innerText();
    expect(secret.length >= 16, `the secret is ${secret}`);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("row", { name: /^e2e-hook/ }).waitFor();
    expect(!(await page.content()).includes(secret), "the secret is still on the page");
    await page
      .getByRole("row", { name: /^e2e-hook/ })
      .getByRole("button", { name: "Deliveries" })
      .click();
    await dialog.getByText("Nothing sent yet").waitFor();
    await page.keyboard.press("Escape");
    await menu("Actions for e2e-hook", "Delete…");
    await dialog.getByRole("button", { name: "Delete webhook" }).click();
    await page.getByRole("row", { name: /^e2e-hook/ }).waitFor({ state: "detached" });
  });
}
