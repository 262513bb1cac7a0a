import { describe, expect, test } from "vitest";
import { followMlflowLinks, pageOfMlflowLink } from "./mlflow-links";

describe("addresses that MLflow's client prints", () => {
  test.each([
    ["#/experiments/2/runs/1a12c0", "/runs/1a12c0"],
    ["#/experiments/2/runs/1a12c0/artifacts", "/runs/1a12c0"],
    ["#/experiments/2", "/experiments/2"],
    ["#/experiments/2?searchFilter=", "/experiments/2"],
    ["#/models/pump%20a/versions/3", "/models/pump%20a/versions/3"],
    ["#/models/pump", "/models/pump"],
  ])("%s is %s", (hash, page) => expect(pageOfMlflowLink(hash)).toBe(page));

  test.each(["", "#", "#overview", "#/", "#/settings"])("%s is none of them", (hash) =>
    expect(pageOfMlflowLink(hash)).toBeUndefined(),
  );

  test("lead to the page at once", () => {
    history.replaceState(null, "", "/#/experiments/2/runs/1a12c0");
    followMlflowLinks();
    expect(location.pathname + location.hash).toBe("/runs/1a12c0");
  });
});
