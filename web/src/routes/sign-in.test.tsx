import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakePlatform, Refusal } from "@/test/fake-platform";
import { renderPage } from "@/test/render-page";

const signedOut = new Refusal(401, "UNAUTHENTICATED", "sign in first");
const empty = {
  "GET /v1/system": {},
  "GET /v1/deployments": {},
  "GET /v1/serving": {},
  "GET /v1/pipeline-runs": {},
  "GET /v1/models": {},
};

test("a one-time code signs in once, leaves the address bar, and opens the page asked for", async () => {
  let signedIn = false;
  const calls = fakePlatform({
    ...empty,
    "GET /v1/session": () => (signedIn ? { user_name: "jo", role: "ROLE_ADMIN" } : signedOut),
    "POST /v1/session": () => {
      signedIn = true;
      return { user_name: "jo" };
    },
  });
  const { router } = renderPage("/sign-in?code=12345678&to=%2Fmodels");
  expect(await screen.findByRole("heading", { name: "Models" })).toBeVisible();
  expect(router.state.location.href).toBe("/models");
  expect(calls.filter((call) => call.method === "POST").map((call) => call.body)).toEqual([{ code: "12345678" }]);
});

test("a spent code says so and offers the password", async () => {
  fakePlatform({ "POST /v1/session": new Refusal(401, "UNAUTHENTICATED", "sign-in refused") });
  const { router } = renderPage("/sign-in?code=spent");
  expect(await screen.findByRole("alert")).toHaveTextContent("This link has been used or has expired");
  expect(screen.getByLabelText("Password")).toBeVisible();
  expect(router.state.location.href).not.toContain("spent");
});

test("a wrong password says so, and the right one opens the overview", async () => {
  let signedIn = false;
  fakePlatform({
    ...empty,
    "GET /v1/session": () => (signedIn ? { user_name: "jo", role: "ROLE_VIEWER" } : signedOut),
    "POST /v1/session": ({ body }) => {
      signedIn = (body as { password: string }).password === "right";
      return signedIn ? {} : new Refusal(401, "UNAUTHENTICATED", "sign-in refused");
    },
  });
  const { user } = renderPage("/sign-in");
  await user.type(await screen.findByLabelText("User name"), "jo");
  await user.type(screen.getByLabelText("Password"), "wrong{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("User name or password is not right");
  await user.clear(screen.getByLabelText("Password"));
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  expect(await screen.findByRole("heading", { name: "Overview" })).toBeVisible();
});

test("whoever is not signed in is asked to, and the page they wanted is remembered", async () => {
  fakePlatform({ "GET /v1/session": signedOut });
  const { router } = renderPage("/runs?experiment=2");
  expect(await screen.findByLabelText("User name")).toBeVisible();
  expect(router.state.location.search).toEqual({ to: "/runs?experiment=2" });
});

test("a session that ends while the page is open leads back to sign-in", async () => {
  fakePlatform({ ...empty, "GET /v1/models:search": signedOut });
  const { router } = renderPage("/models");
  await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
});
