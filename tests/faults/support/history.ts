/** Lets a history happen to a stack, and tells what is wrong at any time after it. */
import { type Simulator, startSimulator } from "../../../sdk/testing/simulator";
import { addBystanders } from "./bystanders";
import {
  present,
  problemsOfAttempts,
  problemsOfDestroy,
  problemsOfLeftovers,
  problemsOfSecrets,
  problemsOfState,
} from "./convergence";
import { type Declaration, InProcessStack } from "./inProcessStack";
import type { AimedFault, Drift, Event } from "./randomHistory";

export async function run(history: readonly Event[]): Promise<string[]> {
  const simulator = await startSimulator();
  try {
    return await happen(simulator, history);
  } finally {
    await simulator.close();
  }
}

async function happen(simulator: Simulator, history: readonly Event[]): Promise<string[]> {
  addBystanders(simulator, ["k", "g"]);
  const others = present(simulator);
  const stack = new InProcessStack({
    OPENROUTER_BASE_URL: simulator.url,
    OPENROUTER_MANAGEMENT_KEY: simulator.managementKey,
  });
  const said: string[] = [];
  let declaration: Declaration = {};
  /** The account has changed since it was last read as a whole. */
  let hasDrifted = false;

  for (const [at, event] of history.entries()) {
    if (event.event === "drift") {
      drift(simulator, stack, event.what, event.at);
      hasDrifted = true;
      continue;
    }
    if (event.event === "up") declaration = event.declaration;
    strike(simulator, event.faults);
    simulator.clearRequests();
    const refresh = event.event === "up" && event.refresh;
    const outcome = event.event === "up" ? await stack.up(declaration, { refresh }) : await stack.refresh();
    simulator.faults.clear();
    said.push(...outcome.said);
    const problems = problemsOfAttempts(simulator);
    if (outcome.ok && (refresh || event.event === "refresh")) hasDrifted = false;
    // A program may change again before it is brought to its end, and that must do no harm either.
    if (!outcome.ok && history[at + 1]?.event === "up") continue;
    problems.push(...(await recover(simulator, stack, declaration, hasDrifted, said)));
    hasDrifted = false;
    problems.push(...problemsOfLeftovers(simulator, stack, others, said), ...problemsOfSecrets(said));
    if (problems.length > 0) return problems.map((problem) => `after event ${at + 1}: ${problem}`);
  }
  // A drift after the last event is nobody's business yet.
  await stack.refresh();
  return problemsOfDestroy(simulator, stack, others);
}

async function recover(
  simulator: Simulator,
  stack: InProcessStack,
  declaration: Declaration,
  refresh: boolean,
  said: string[],
): Promise<string[]> {
  const outcome = await stack.up(declaration, { refresh });
  said.push(...outcome.said);
  const problems = outcome.ok ? [] : [`up fails: ${outcome.said[0]}`];
  return [...problems, ...(await problemsOfState(simulator, stack, declaration))];
}

function strike({ faults }: Simulator, aimed: readonly AimedFault[]): void {
  for (const fault of aimed) faults.add(fault);
}

function drift({ dashboard }: Simulator, stack: InProcessStack, what: Drift, at: number): void {
  const idOf = (kind: string) => stack.state.filter((each) => each.kind === kind && !each.replaced)[at]?.id;
  const [hash, guardrail] = [idOf("InferenceKey"), idOf("Guardrail")];
  try {
    if (hash && what === "rename a key") dashboard.updateKey(hash, { name: "renamed" });
    if (hash && what === "limit a key") dashboard.updateKey(hash, { limit: 9 });
    if (hash && what === "delete a key") dashboard.deleteKey(hash);
    if (hash && what === "use a key") dashboard.useKey(hash, 1);
    if (guardrail && what === "change a guardrail") dashboard.updateGuardrail(guardrail, { description: "theirs" });
  } catch {
    // It is gone already.
  }
}
