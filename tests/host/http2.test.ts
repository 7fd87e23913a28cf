/** HTTP/2: the built provider against a server that supports it. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** A key pair that is used by these tests only. */
const support = (file: string) => join(__dirname, "support", file);
const CERTIFICATE = support("localhost.cert.pem");

const KEYS = 20;

/** Updates all keys concurrently, as an `up` does, and then again. */
const SCRIPT = `
  const provider = require("pulumi-openrouter/dynamic").provider("InferenceKey");
  const update = (index) => {
    const hash = String(index).padStart(64, "0");
    const olds = { name: "k", key: "", label: "", createdAt: "", __v: "1" };
    return provider.update(hash, olds, { name: "k", limit: 5 });
  };
  const round = () => Promise.all(Array.from({ length: ${KEYS} }, (_, index) => update(index)));
  round().then(round).then(
    (all) => console.log(all.map(({ outs }) => outs.limit).join()),
    (error) => console.log(error.message),
  );
`;

let server: Http2SecureServer;
let sessions = 0;
const versions: string[] = [];
let waiting: (() => void)[] = [];

beforeAll(async () => {
  const key = readFileSync(support("localhost.key.pem"));
  const cert = readFileSync(CERTIFICATE);
  server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
    versions.push(request.httpVersion);
    const respond = (data: object) => response.end(JSON.stringify(data));
    response.setHeader("content-type", "application/json");
    if (request.method === "GET") {
      respond({ data: [{ id: "w", created_at: null }], total_count: 1 });
      return;
    }
    // Responds only once all requests have arrived, so they must be in flight together.
    waiting.push(() => respond({ data: { hash: request.url.split("/").at(-1), name: "k", limit: 5 } }));
    if (waiting.length === KEYS) for (const release of waiting.splice(0)) release();
  });
  server.on("session", () => sessions++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => {
  waiting = [];
});

test("sends concurrent requests over HTTP/2 once each, and reuses the connections", async () => {
  const { port } = server.address() as AddressInfo;
  const env = {
    PATH: process.env.PATH,
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
    OPENROUTER_BASE_URL: `https://localhost:${port}/api/v1`,
    OPENROUTER_MANAGEMENT_KEY: "management-key-of-this-test",
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", SCRIPT], {
    env,
    cwd: join(__dirname, "../.."),
  });
  expect(stdout.trim()).toBe(Array.from({ length: KEYS }, () => 5).join());
  expect(new Set(versions)).toEqual(new Set(["2.0"]));
  expect(versions).toHaveLength(1 + 2 * KEYS);
  expect(sessions).toBeLessThanOrEqual(KEYS);
});
