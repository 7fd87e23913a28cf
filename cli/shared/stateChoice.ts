/** The state of one stack, chosen with `--stack` or `--state`. */
import { readNamed } from "./files";
import { exportStack, type StackChoice } from "./pulumi";
import { parseStackExport, type StackState } from "./state";
import type { Terminal } from "./terminal";

export interface StateChoice extends Partial<StackChoice> {
  /** A file made by `pulumi stack export`, or `-`. Not with a stack. */
  state?: string;
}

/** Undefined if no state is chosen. @throws UsageError */
export async function readStateOf(
  terminal: Terminal,
  { stack, state: file, cwd }: StateChoice,
): Promise<StackState | undefined> {
  if (stack !== undefined) {
    return parseStackExport(await exportStack({ stack, cwd }, terminal.env), `the export of stack ${stack}`);
  }
  if (file === undefined) return undefined;
  const { text, source } = await readNamed(terminal, file);
  return parseStackExport(text, source);
}
