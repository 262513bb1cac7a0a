/** What the platform answered instead of the thing asked for. `code` is the status by name, such as NOT_FOUND. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly code: string,
    message: string,
    readonly requestId?: string,
  ) {
    super(message);
  }
}

/** The code of an error for which no answer came at all. */
export const UNREACHABLE = "UNREACHABLE";

type Query = Record<string, string | number | undefined>;
interface Options {
  signal?: AbortSignal;
  query?: Query;
}

/** A path with every inserted value percent-encoded: path`/v1/models/${name}`. */
export function path(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce((text, part, i) => text + encodeURIComponent(values[i - 1] ?? "") + part);
}

async function call<T>(method: string, url: string, { signal, query }: Options = {}, body?: unknown): Promise<T> {
  const response = await send(method, withQuery(url, query), signal, body);
  const answer = await readJson(response);
  if (response.ok) return (answer ?? {}) as T;
  throw toApiError(response, answer);
}

async function send(
  method: string,
  url: string,
  signal?: AbortSignal,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      signal,
      credentials: "same-origin",
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(UNREACHABLE, error instanceof Error ? error.message : String(error));
  }
}

/** The beginning of a file, at most `limit` bytes of it, and the size of the whole. */
export async function readBeginning(
  url: string,
  limit: number,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; size: number }> {
  const response = await send("GET", url, signal, undefined, { range: `bytes=0-${limit - 1}` });
  // No byte of an empty file can be asked for.
  const size = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
  if (response.status === 416 && size === 0) return { bytes: new Uint8Array(), size };
  if (!response.ok) throw toApiError(response, await readJson(response));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes: bytes.slice(0, limit), size: Number.isNaN(size) ? bytes.length : size };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toApiError(response: Response, answer: unknown): ApiError {
  const error = (answer as { error?: { code?: unknown; message?: unknown; request_id?: unknown } } | undefined)?.error;
  const requestId = typeof error?.request_id === "string" ? error.request_id : response.headers.get("x-request-id");
  return new ApiError(
    typeof error?.code === "string" ? error.code : codeOf(response.status),
    typeof error?.message === "string" ? error.message : response.statusText,
    requestId ?? undefined,
  );
}

/** For answers that did not come from the platform itself, such as a proxy's page. */
function codeOf(status: number): string {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "PERMISSION_DENIED";
  if (status === 404) return "NOT_FOUND";
  if (status === 429) return "RESOURCE_EXHAUSTED";
  if (status === 502 || status === 503 || status === 504) return "UNAVAILABLE";
  return "INTERNAL";
}

function withQuery(url: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text === "" ? url : `${url}?${text}`;
}

export const api = {
  get: <T>(url: string, options?: Options) => call<T>("GET", url, options),
  post: <T>(url: string, body: unknown, options?: Options) => call<T>("POST", url, options, body),
  put: <T>(url: string, body: unknown, options?: Options) => call<T>("PUT", url, options, body),
  patch: <T>(url: string, body: unknown, options?: Options) => call<T>("PATCH", url, options, body),
  delete: <T>(url: string, options?: Options) => call<T>("DELETE", url, options),
};
