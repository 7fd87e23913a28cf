/** Calls of the commands that read everything: `pulumi refresh` and `pulumi up --refresh`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Result } from "pulumi-openrouter/testing";
import { callsText } from "./matrix";
import { atMost, type Section } from "./report";
import { type BenchOptions, type BenchStack, openBenchStack, PASSPHRASE, PROGRAMS, total } from "./stack";
import { refreshTarget } from "./strategies";

export async function commandsSection(engine: BenchOptions["engine"], keys: number): Promise<Section> {
  const bench = await openBenchStack({ kind: "ours", keys, engine });
  const { stack } = bench;
  try {
    await bench.cost(() => stack.up());
    const target = refreshTarget({ managed: keys, inAccount: keys });
    const measured = [
      { command: "pulumi refresh -f", target, cost: await bench.cost(() => stack.refresh()) },
      { command: "pulumi refresh", target: 2 * target, cost: await bench.cost(() => previewAndRefresh(bench)) },
      { command: "pulumi up -f --refresh", target, cost: await bench.cost(() => stack.up({ refresh: true })) },
    ];
    return {
      title: "Refresh by command",
      text: `Calls for ${keys} keys to which nothing happened. \`pulumi refresh\` without \`-f\` (\`--skip-preview\`) reads everything
twice, in two provider processes that know nothing of each other; here, ${
        engine === "local" ? "as two refreshes of the local engine" : "by the CLI itself"
      }.`,
      tables: [
        {
          head: ["command", "calls", "all"],
          rows: measured.map(({ command, cost }) => [`\`${command}\``, callsText(cost.calls), String(total(cost))]),
        },
      ],
      targets: measured.map(({ command, target: most, cost }) =>
        atMost(`calls of \`${command}\`, ${keys} keys`, most, total(cost)),
      ),
      data: measured,
    };
  } finally {
    await bench.close();
  }
}

/** What `pulumi refresh` does without `-f`. */
async function previewAndRefresh(bench: BenchStack): Promise<Pick<Result, "ok" | "output">> {
  if (bench.stack.engine === "pulumi") return pulumiRefresh(bench);
  const preview = await bench.stack.refresh();
  return preview.ok ? bench.stack.refresh() : preview;
}

/** The engine of the tests always skips the preview, so here the CLI is run on its state and its configuration. */
async function pulumiRefresh({ stateDir, env }: BenchStack): Promise<Pick<Result, "ok" | "output">> {
  const config = path.join(stateDir, ".pulumi-workspace", "bench", "Pulumi.dev.yaml");
  const args = ["refresh", "--yes", "--stack", "dev", "--non-interactive", "--config-file", config];
  const backend = {
    PULUMI_HOME: path.join(stateDir, ".pulumi-home"),
    PULUMI_BACKEND_URL: `file://${stateDir}`,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const child = spawn("pulumi", args, { cwd: PROGRAMS, env: { ...process.env, ...backend, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const [code] = await once(child, "close");
  return { ok: code === 0, output };
}
