/** The demo on the machine of somebody who is logged in: it uses no account of theirs and reaches no other machine. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = path.join(__dirname, "../..");
const PLANTED = `sk-or-v1-${"5eed".repeat(16)}`;

let folder: string;
let strayed: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "isolation-"));
  strayed = path.join(folder, "strayed");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function watched(extra: Record<string, string>): NodeJS.ProcessEnv {
  const hook = path.join(__dirname, "support/loopbackOnly.cjs");
  return { ...process.env, NODE_OPTIONS: `--require ${hook}`, STRAYED: strayed, ...extra };
}

test("the watch sees a connection to another machine (negative control)", () => {
  const script = 'require("node:net").connect({ host: "192.0.2.1", port: 443 })';
  expect(spawnSync(process.execPath, ["-e", script], { env: watched({}) }).status).not.toBe(0);
  expect(readFileSync(strayed, "utf8")).toBe("192.0.2.1\n");
  rmSync(strayed);
});

test("a planted key and base URL are not used, and nothing leaves this machine", async () => {
  let calls = 0;
  const trap = createServer((_request, response) => {
    calls++;
    response.end();
  });
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
  const { port } = trap.address() as AddressInfo;
  const planted = {
    OPENROUTER_MANAGEMENT_KEY: PLANTED,
    OPENROUTER_PROVISIONING_KEY: PLANTED,
    OPENROUTER_BASE_URL: `http://127.0.0.1:${port}/api/v1`,
    PULUMI_ACCESS_TOKEN: PLANTED,
    PULUMI_BACKEND_URL: `http://127.0.0.1:${port}`,
    PULUMI_CONFIG: JSON.stringify({ "openrouter:managementKey": PLANTED }),
    // The local engine, whatever is on PATH: what `pulumi` itself does is not ours to watch.
    PATH: path.dirname(process.execPath),
  };
  // Rejects if the demo does not exit with 0.
  const demo = [path.join(root, "scripts/demo.mjs")];
  const { stdout, stderr } = await run(process.execPath, demo, { cwd: root, env: watched(planted) });
  trap.close();
  expect(`${stdout}${stderr}`).not.toContain(PLANTED);
  expect({ calls, strayed: existsSync(strayed) }).toEqual({ calls: 0, strayed: false });
});
