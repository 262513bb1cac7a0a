import { vi } from "vitest";

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}
type Reply = object | ((call: Call) => object);

/** An answer other than 200. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly message: string,
    readonly requestId = "req-1",
  ) {}
}

export const admin = { user_name: "jo", role: "ROLE_ADMIN", workspace_id: "1", workspace: "default" };

/**
 * Answers the page's HTTP calls: keys are "METHOD /path". Anything not named is NOT_FOUND. Returns the calls made so far.
 */
export function fakePlatform(routes: Record<string, Reply>): Call[] {
  const calls: Call[] = [];
  const all: Record<string, Reply> = { "GET /v1/session": admin, ...routes };
  vi.stubGlobal("fetch", (input: string, init: RequestInit = {}) => {
    const url = new URL(input, "http://localhost:5000");
    const call: Call = {
      method: init.method ?? "GET",
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
    };
    calls.push(call);
    const reply = all[`${call.method} ${call.path}`] ?? new Refusal(404, "NOT_FOUND", `nothing at ${call.path}`);
    const made = typeof reply === "function" ? (reply as (call: Call) => object)(call) : reply;
    return Promise.resolve(toResponse(made));
  });
  return calls;
}

function toResponse(made: object): Response {
  if (made instanceof Response) return made;
  if (!(made instanceof Refusal)) return Response.json(made);
  const { code, message, requestId } = made;
  return Response.json({ error: { code, message, request_id: requestId } }, { status: made.status });
}
