/** The steps of every write: look at the object, refuse what a stack manages, show the change, and do exactly what was shown. */
import { z } from "zod";
import { clean } from "../../../provider/text";
import type { StackState } from "../../shared/state";
import { UsageError } from "../../shared/terminal";
import { readWorkspaces } from "../../workspaces/read";
import type { Session } from "../session";
import { type Annotations, defineTool, type Tool } from "../tool";
import { managedBy, stacksElsewhere, type Targets } from "./managed";
import { Tokens } from "./tokens";

export interface Plan {
  targets: Targets;
  /** The settings that the change depends on. If they differ at the write, it is refused. */
  observed: object;
  /** What the dry run shows. */
  before: object | null;
  after: object | null;
  warnings?: readonly string[];
  /** @param token Of this write. */
  apply(token: string): Promise<object>;
}

interface Definition<Input extends z.ZodObject> extends Pick<Tool, "name" | "title" | "description"> {
  input: Input;
  isDestructive?: boolean;
  /** Reads only. */
  plan(args: z.output<Input>): Promise<Plan>;
}

const described = z.record(z.string(), z.unknown()).nullable();

const output = z.object({
  dryRun: z.boolean(),
  before: described,
  after: described.describe("Null if the object is deleted"),
  warnings: z.array(z.string()),
  token: z.string().nullable().describe("For the write, once, with the same arguments"),
  tokenExpiresAt: z.string().nullable(),
  result: described.describe("Null in a dry run"),
});

const control = {
  dryRun: z.boolean().default(true).describe("true shows the change and returns a token; false applies it"),
  token: z.string().max(200).optional().describe("Of a dry run with the same arguments, after the user agreed"),
};

export type DefineWrite = <Input extends z.ZodObject>(definition: Definition<Input>) => Tool;

export function writesOf(session: Session, now: () => number = Date.now): DefineWrite {
  const tokens = new Tokens(now);
  const oneAtATime = queue();
  return ({ name, title, description, input, isDestructive = false, plan }) => {
    const annotations: Annotations = {
      readOnlyHint: false,
      destructiveHint: isDestructive,
      idempotentHint: false,
      openWorldHint: false,
    };
    return defineTool({
      ...{ name, title, annotations, output },
      description: `${description} First call it with dryRun: true and show the user the change. Refuses what a stack manages.`,
      input: z.object({ ...input.shape, ...control }),
      call: ({ dryRun, token, ...given }) =>
        oneAtATime(async () => {
          const args = input.parse(given);
          const states = await readOwnStates(session);
          const { targets, observed, before, after, warnings = [], apply } = await plan(args);
          requireUnmanaged(states, targets);
          const subject = { tool: name, args, observed };
          const shown = { dryRun, before, after, warnings };
          if (dryRun) {
            const issued = tokens.issue(subject);
            return { ...shown, token: issued.token, tokenExpiresAt: issued.expiresAt, result: null };
          }
          tokens.redeem(token, subject);
          return { ...shown, token: null, tokenExpiresAt: null, result: await apply(String(token)) };
        }),
    });
  };
}

/** The states as they are now. @throws UsageError if one is of a different account */
async function readOwnStates({ states, account }: Session): Promise<StackState[]> {
  const current = await states();
  const { workspaces } = await readWorkspaces(account());
  const ids = workspaces.map(({ id }) => id);
  const elsewhere = stacksElsewhere(current, ids);
  if (elsewhere.length === 0) return current;
  throw new UsageError(
    `nothing was changed: the stack ${clean(elsewhere.join(", "))} is of a different account, so its state can't show ` +
      "what is managed here. The user must start the server with the stacks of this account",
  );
}

/** @throws UsageError */
function requireUnmanaged(states: readonly StackState[], targets: Targets): void {
  const manager = managedBy(states, targets);
  if (manager === undefined) return;
  throw new UsageError(
    `nothing was changed: ${clean(manager)}, so a change here would be drift. Change the program or its configuration ` +
      "instead; propose_change returns the edit",
  );
}

/** Two writes of the same object must not both rely on what it was before. */
function queue() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
