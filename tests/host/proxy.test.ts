/** The built provider with a proxy in its environment: it uses the proxy for HTTPS but not for localhost. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const SCRIPT = `
  const { provider } = require("pulumi-openrouter/dynamic");
  provider("InferenceKey").read("0".repeat(64), {}).catch(() => undefined);
`;

let server: Server;

beforeEach(async () => {
  server = createServer();
  server.on("request", ({ url }, response) => {
    server.emit("requested", `GET ${url}`);
    response.writeHead(404).end();
  });
  server.on("connect", ({ url }, socket) => {
    server.emit("requested", `CONNECT ${url}`);
    // The test kills the client.
    socket.on("error", () => undefined).end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => server.close());

/** The first request that the server receives. */
async function firstRequest(environment: Record<string, string>): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    OPENROUTER_MANAGEMENT_KEY: "management-key-of-this-test",
    ...environment,
  };
  const requested = once(server, "requested");
  const child = execFile(process.execPath, ["-e", SCRIPT], { cwd: join(__dirname, "../.."), env });
  const exited = once(child, "exit").then(() => ["none"]);
  const [first] = await Promise.race([requested, exited]);
  child.kill();
  await exited;
  return first;
}

const urlOf = (of: Server) => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;

test("asks the proxy for a tunnel to the API", async () => {
  const environment = { HTTPS_PROXY: urlOf(server), OPENROUTER_BASE_URL: "https://api.example/api/v1" };
  expect(await firstRequest(environment)).toBe("CONNECT api.example:443");
});

test("uses no proxy for localhost", async () => {
  const environment = { HTTP_PROXY: "http://127.0.0.1:1", OPENROUTER_BASE_URL: `${urlOf(server)}/api/v1` };
  expect(await firstRequest(environment)).toMatch(/^GET \/api\/v1\//);
});
