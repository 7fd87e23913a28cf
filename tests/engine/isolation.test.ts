/** The demo for a user who is logged in to Pulumi and OpenRouter: it uses neither account and stays on loopback. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.join(__dirname, "../..");
const PLANTED = `sk-or-v1-${"5eed".repeat(16)}`;

/** An environment whose Node processes only connect to loopback, and the file that lists refused hosts. */
function loopbackOnly(variables: Record<string, string> = {}): { env: NodeJS.ProcessEnv; refusedHosts: string } {
  const refusedHosts = path.join(mkdtempSync(path.join(tmpdir(), "isolation-")), "refused-hosts");
  const hook = path.join(__dirname, "support/loopbackOnly.cjs");
  const env = { ...process.env, NODE_OPTIONS: `--require ${hook}`, REFUSED_HOSTS: refusedHosts, ...variables };
  return { env, refusedHosts };
}

/** A server that counts its requests. */
async function startTrap() {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls++;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, calls: () => calls, close: () => server.close() };
}

test("refuses and lists a connection to another host (negative control)", () => {
  const { env, refusedHosts } = loopbackOnly();
  const script = 'require("node:net").connect({ host: "192.0.2.1", port: 443 })';
  const { status } = spawnSync(process.execPath, ["-e", script], { env });
  expect({ failed: status !== 0, refusedHosts: readFileSync(refusedHosts, "utf8") }).toEqual({
    failed: true,
    refusedHosts: "192.0.2.1\n",
  });
});

test("uses no planted credential or URL, connects to no other host, and fits 80 columns, when the demo runs", async () => {
  const trap = await startTrap();
  const { env, refusedHosts } = loopbackOnly({
    OPENROUTER_MANAGEMENT_KEY: PLANTED,
    OPENROUTER_PROVISIONING_KEY: PLANTED,
    OPENROUTER_BASE_URL: `${trap.url}/api/v1`,
    PULUMI_ACCESS_TOKEN: PLANTED,
    PULUMI_BACKEND_URL: trap.url,
    PULUMI_CONFIG: JSON.stringify({ "openrouter:managementKey": PLANTED }),
    // Without `pulumi` on PATH the demo uses the local engine. The connections of the CLI are not the subject here.
    PATH: path.dirname(process.execPath),
  });

  // Rejects unless the demo exits with 0.
  const demo = run(process.execPath, [path.join(root, "scripts/demo.mjs")], { cwd: root, env });
  const { stdout, stderr } = await demo.finally(trap.close);

  expect(`${stdout}${stderr}`).not.toContain(PLANTED);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect({ callsToTheTrap: trap.calls(), refusedConnections: existsSync(refusedHosts) }).toEqual({
    callsToTheTrap: 0,
    refusedConnections: false,
  });
});
