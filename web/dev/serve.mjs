// Serves dist/ with made-up answers in the form of the protos: to look at pages and to take screenshots without a
// platform. `node dev/serve.mjs [--port 5199] [--role ROLE_VIEWER] [--empty] [--signed-out]`; the sign-in code (good once)
// and the password are "letmein".
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeFixtures } from "./fixtures.mjs";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "5199" },
    role: { type: "string", default: "ROLE_ENGINEER" },
    empty: { type: "boolean", default: false },
    "signed-out": { type: "boolean", default: false },
  },
});
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const answer = makeFixtures(options);
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
// What the gateway's policy must allow, no more: Radix and ECharts write style attributes.
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

async function serveFile(path, response) {
  const file = join(dist, normalize(path === "/" ? "/index.html" : path));
  const body = await readFile(file).catch(() => null);
  if (body === null && extname(path) !== "") return response.writeHead(404).end();
  response.writeHead(200, {
    "content-type": types[extname(body === null ? ".html" : file)] ?? "text/html; charset=utf-8",
    "content-security-policy": policy,
  });
  response.end(body ?? (await readFile(join(dist, "index.html"))));
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  if (!url.pathname.startsWith("/v1/")) return serveFile(url.pathname, response);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
  const hasCookie = (request.headers.cookie ?? "").includes("fixture=in");
  const { status = 200, json, cookie } = answer(request.method, url, body, hasCookie);
  response.writeHead(status, {
    "content-type": "application/json",
    ...(cookie === undefined ? {} : { "set-cookie": `fixture=${cookie}; Path=/; HttpOnly; SameSite=Strict` }),
  });
  response.end(JSON.stringify(json));
}).listen(Number(options.port), "127.0.0.1", () => console.log(`http://127.0.0.1:${options.port}/`));
