/** Time until the provider process of each host listens, as at the start of every Pulumi command. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import path from "node:path";
import { atMost, type Section } from "./report";
import { PROGRAMS, ROOT } from "./stack";
import { median } from "./statistics";

const HOSTS = ["dynamic", "native"] as const;
type Host = (typeof HOSTS)[number];

const sdk = path.dirname(createRequire(__filename).resolve("@pulumi/pulumi/package.json"));
/** Pulumi's process loads the package with the first resource. */
const ARGUMENTS: Record<Host, string[]> = {
  dynamic: ["--require", "pulumi-openrouter/dynamic", path.join(sdk, "cmd/dynamic-provider/index.js")],
  native: [path.join(ROOT, "plugin/index.js")],
};

export async function startSection(turns: number): Promise<Section> {
  const measured: Record<Host, number>[] = [];
  for (let turn = 0; turn < turns; turn++) {
    measured.push({ dynamic: await startMs("dynamic"), native: await startMs("native") });
  }
  const rows = HOSTS.map((host) => [host, median(measured.map((turn) => turn[host])).toFixed(0)]);
  const ratio = median(measured.map(({ dynamic, native }) => native / dynamic));
  return {
    title: "Start of the provider",
    text: `Milliseconds until the process listens: Pulumi's process for dynamic resources with this package loaded, and the plugin of the
native provider, which needs less of Pulumi's SDK. Medians of ${turns} turns.`,
    tables: [{ head: ["provider", "ms"], rows }],
    targets: [atMost("native: time to start relative to dynamic", 1, ratio, (value) => value.toFixed(2))],
  };
}

async function startMs(host: Host): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [...ARGUMENTS[host], "127.0.0.1:1"], {
    cwd: PROGRAMS,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited]);
  const milliseconds = performance.now() - began;
  if (child.exitCode !== null) throw new Error(`bench: the ${host} provider did not start`);
  child.kill();
  await exited;
  return milliseconds;
}
