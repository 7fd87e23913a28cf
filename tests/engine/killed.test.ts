/** An engine that is killed in the middle of a create. It runs in a process of its own, from the built package. */
import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { begun, openScenario, resourceNamed, thing } from "./generic";

const engine = path.join(__dirname, "../../dist/testing/engine");

test("kill -9 during a create leaves a pending operation; the next up warns of it, creates again and keeps it", async () => {
  const s = await openScenario();
  const program = (delay: number) => [thing("a", { props: { delay } })];
  const code = `
    const { openLocalStack } = require(${JSON.stringify(engine)});
    openLocalStack(${JSON.stringify(s.options)}).then((stack) => stack.up({ env: { PROGRAM: ${JSON.stringify(JSON.stringify(program(60_000)))} } }));
  `;
  const child = spawn(process.execPath, ["-e", code], { stdio: "inherit" });
  const died = new Promise((resolve) => child.once("exit", resolve));
  const noted = [];
  while (noted.length === 0 && child.exitCode === null) {
    await sleep(50);
    noted.push(...s.done());
  }
  if (noted.length === 0) throw new Error("The engine ended before the create began: is the package built?");
  child.kill("SIGKILL");
  await died;

  const { deployment } = await s.stack.exportState();
  expect(deployment.pending_operations).toMatchObject([{ type: "creating", resource: { inputs: { name: "a" } } }]);
  await expect(resourceNamed(s.stack, "a")).rejects.toThrow("is not in the state");

  const result = await s.up(program(0));
  expect(result.ok).toBe(true);
  expect(result.diagnostics).toContainEqual(
    expect.objectContaining({ severity: "warning", message: expect.stringContaining("1 pending operation") }),
  );
  expect(begun(s.done(), "create")).toEqual(["a"]);
  expect((await s.stack.exportState()).deployment.pending_operations).toHaveLength(1);
});
