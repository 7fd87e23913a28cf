/** Runs `alert` with a webhook, with receivers and a folder that live until the end of each test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertCommand } from "../../../cli/alert/command";
import { credentials, eachTestOnASimulator } from "./account";
import { type Receiver, type Response, startReceiver } from "./receiver";
import { run } from "./terminal";

export const BELOW = ["--balance-below", "20"];

/** Call it once, at the top of a test file. */
export function eachTestWithReceivers() {
  const simulator = eachTestOnASimulator();

  let folder: string;
  let receivers: Receiver[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-alert-"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await Promise.all(receivers.map((each) => each.close()));
    receivers = [];
  });

  async function receiver(...responses: readonly Response[]): Promise<Receiver> {
    const started = await startReceiver(...responses);
    receivers.push(started);
    return started;
  }

  const posted = () => join(folder, "posted.json");

  /** Posts to this URL; `args` come after the webhook and the file. */
  function alert(url: string, args: readonly string[] = BELOW, env: NodeJS.ProcessEnv = {}) {
    return run(alertCommand, ["--webhook-variable", "HOOK", "--posted-file", posted(), ...args], {
      env: { ...credentials(simulator()), HOOK: url, ...env },
    });
  }

  /** Credits left, of 100. */
  function leave(usd: number) {
    simulator().account.uses.length = 0;
    const { key } = simulator().dashboard.createKey({ name: "spender" });
    simulator().dashboard.useKey(key.hash, 100 - usd);
  }

  function keyOverLimit(name: string) {
    const { key } = simulator().dashboard.createKey({ name, limit: 1 });
    simulator().dashboard.useKey(key.hash, 1);
    return key;
  }

  return { simulator, folder: () => folder, receiver, posted, alert, leave, keyOverLimit };
}
