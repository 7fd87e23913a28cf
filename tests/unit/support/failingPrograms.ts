/**
 * Programs that end with an unhandled rejection, as Pulumi reports a failure inside an output. A test runner does not
 * survive that, so they run in their own process, which prints the errors of each.
 */
import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "../../../sdk";
import { useNativeHost } from "../../../sdk/host";

const [GUARDRAIL, HASH] = ["33333333-3333-4333-8333-333333333333", "0123456789abcdef".repeat(4)];
const pair = (keyHash: pulumi.Input<string>) => ({ guardrailId: GUARDRAIL, keyHash });

const PROGRAMS: Record<string, () => void> = {
  "NaN as a limit": () => void new openrouter.InferenceKey("a", { limit: Number.NaN }),
  "NaN as an output": () => void new openrouter.InferenceKey("b", { limit: pulumi.output(Number.NaN) }),
  "NaN as a promise": () => void new openrouter.InferenceKey("c", { limit: Promise.resolve(Number.NaN) }),
  "Infinity as a budget": () => void new openrouter.Guardrail("d", { limitUsd: Infinity, resetInterval: "daily" }),
  "an invalid Date as an output": () => {
    const expiresAt = pulumi.output("x").apply(() => new Date("never"));
    new openrouter.InferenceKey("e", { expiresAt });
  },
  "two assignments of one key": () => {
    new openrouter.GuardrailKeyAssignment("first", pair(HASH));
    new openrouter.GuardrailKeyAssignment("second", pair(pulumi.output(HASH)));
  },
  "two assignments of two keys": () => {
    new openrouter.GuardrailKeyAssignment("third", pair("1".repeat(64)));
    new openrouter.GuardrailKeyAssignment("fourth", pair("2".repeat(64)));
  },
  "a look-up with a secret argument": () => {
    useNativeHost();
    openrouter.getKeyOutput({ name: pulumi.secret("client-x") });
  },
};

async function main(): Promise<void> {
  const errors: Record<string, string[]> = {};
  const registered: string[] = [];
  let program = "";
  process.on("unhandledRejection", (error: Error) => {
    const kind = pulumi.RunError.isInstance(error) ? "RunError" : "a different error";
    const message = `${kind}: ${error.message}`;
    if (!errors[program]?.includes(message)) errors[program]?.push(message);
  });
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.push(name);
      return { id: name, state: inputs };
    },
    call: ({ inputs }) => {
      throw { details: `look up an inference key with the name "${inputs.name}": this account has none.` };
    },
  });
  for (program of Object.keys(PROGRAMS)) {
    errors[program] = [];
    PROGRAMS[program]?.();
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  process.stdout.write(JSON.stringify({ errors, registered }));
  process.exit(0);
}

void main();
