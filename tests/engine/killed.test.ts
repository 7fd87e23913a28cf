/** An engine that is killed during a create. It runs in its own process, from the built package. */
import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openScenario, resourceNamed, type Scenario, startedIn, thing } from "./generic";

const engine = path.join(__dirname, "../../dist/testing/engine");
const program = (delay: number) => [thing("a", { props: { delay } })];

/** Runs an up in another process, and kills it with signal 9 once its create has begun. */
async function killDuringCreate(s: Scenario): Promise<void> {
  const env = { PROGRAM: JSON.stringify(program(60_000)) };
  const code = `
    const { openLocalStack } = require(${JSON.stringify(engine)});
    openLocalStack(${JSON.stringify(s.options)}).then((stack) => stack.up(${JSON.stringify({ env })}));
  `;
  const child = spawn(process.execPath, ["-e", code], { stdio: "inherit" });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  while (s.newEvents().length === 0) {
    if (child.exitCode !== null) throw new Error("the engine exited before the create began: is the package built?");
    await sleep(50);
  }
  child.kill("SIGKILL");
  await exited;
}

test("warns about the pending operation, keeps it and creates again when the engine was killed during a create", async () => {
  const s = await openScenario();
  await killDuringCreate(s);
  const { deployment } = await s.stack.exportState();
  expect(deployment.pending_operations).toMatchObject([{ type: "creating", resource: { inputs: { name: "a" } } }]);
  await expect(resourceNamed(s.stack, "a")).rejects.toThrow("is not in the state");

  const result = await s.up(program(0));

  expect(result).toMatchObject({
    ok: true,
    diagnostics: expect.arrayContaining([
      expect.objectContaining({ severity: "warning", message: expect.stringContaining("1 pending operation") }),
    ]),
  });
  expect({ created: startedIn(s.newEvents(), "create") }).toEqual({ created: ["a"] });
  expect((await s.stack.exportState()).deployment.pending_operations).toHaveLength(1);
});
