import { expect, test, vi } from "vitest";
import { api, ApiError, path, UNREACHABLE } from "./api";

test("inserted values cannot leave their path segment", () => {
  expect(path`/v1/models/${"a/../b?c#d%2e"}/versions/${3}`).toBe("/v1/models/a%2F..%2Fb%3Fc%23d%252e/versions/3");
});

test("an error carries the platform's code, sentence and request id", async () => {
  const body = { error: { code: "NOT_FOUND", message: 'model "x" has no version 7', request_id: "r9" } };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(body, { status: 404 })));
  await expect(api.get("/v1/models/x")).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: body.error.message,
    requestId: "r9",
  });
});

test("a proxy's page instead of an answer is an outage", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("<html>Bad Gateway</html>", { status: 502 })));
  await expect(api.get("/v1/system")).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("no answer at all is told apart from an answer", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const error: unknown = await api.get("/v1/system").catch((each: unknown) => each);
  expect(error).toBeInstanceOf(ApiError);
  expect((error as ApiError).code).toBe(UNREACHABLE);
});
