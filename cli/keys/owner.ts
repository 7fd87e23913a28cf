/** The stack that manages a key, as far as a state shows it. */

import { parseUrn } from "../../formats/urn";
import { readNamed } from "../shared/files";
import type { StackChoice } from "../shared/pulumi";
import { exportStack } from "../shared/pulumi";
import { parseStackExport } from "../shared/state";
import { type Terminal, UsageError } from "../shared/terminal";

export interface StateChoice extends Partial<StackChoice> {
  /** A file made by `pulumi stack export`. */
  state?: string;
}

/** `not in it`: the state has no such key. `read only`: the stack reads the key with `get`. */
export type Owner = { stack: string } & ({ is: "manager"; resource: string } | { is: "read only" | "not in it" });

/** Finds the key with this hash. Undefined if no state is chosen. @throws UsageError */
export async function readOwners(
  terminal: Terminal,
  choice: StateChoice,
): Promise<((hash: string) => Owner) | undefined> {
  const { stack, state: file, cwd } = choice;
  if (stack !== undefined && file !== undefined) throw new UsageError("pass --stack or --state, not both");
  if (stack === undefined && file === undefined) return undefined;
  const { text, source } =
    stack === undefined
      ? await readNamed(terminal, file as string)
      : { text: await exportStack({ stack, cwd }, terminal.env), source: `the export of stack ${stack}` };
  const state = parseStackExport(text, source);
  return (hash) => {
    const found = state.objects.filter(({ kind, id }) => kind === "key" && id === hash);
    const manager = found.find(({ external }) => !external);
    if (manager) return { stack: manager.stack, is: "manager", resource: parseUrn(manager.urn).name };
    return { stack: state.stack ?? source, is: found.length > 0 ? "read only" : "not in it" };
  };
}
