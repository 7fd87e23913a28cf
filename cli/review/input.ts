/** What a review reads: the preview, the states, and the live settings of adopted objects. */
import { stackOf } from "../../formats/urn";
import { KEY_VARIABLES } from "../../provider/settings";
import { clean } from "../../provider/text";
import { readNamed } from "../shared/files";
import { exportStack, previewStack } from "../shared/pulumi";
import { readDeployment } from "../shared/state";
import { type Terminal, UsageError } from "../shared/terminal";
import { type AdoptedObjects, adoptedIds, adoptedInAccount, adoptedInStates } from "./adoption";
import { type Preview, parsePreview } from "./preview";

export interface InputOptions {
  stack?: string;
  cwd?: string;
  state?: string[];
}

/** The preview, the state of its stack, and the adopted objects. @param file A preview, unless the options name a stack. */
export async function readInput(terminal: Terminal, file: string | undefined, options: InputOptions) {
  const { stack, cwd, state: files = [] } = options;
  if ((file === undefined) === (stack === undefined)) {
    throw new UsageError("pass either the output of `pulumi preview --json`, or --stack with the name of a stack");
  }
  if ([file, ...files].filter((each) => each === "-").length > 1) {
    throw new UsageError("only one of preview and state can be read from standard input");
  }
  const choice = stack === undefined ? undefined : { stack, ...(cwd !== undefined && { cwd }) };
  const source = choice
    ? { text: await previewStack(choice, terminal.env), source: `the preview of stack ${stack}` }
    : await readNamed(terminal, file as string);
  const preview = parsePreview(source.text, source.source);
  const states: State[] = [];
  for (const each of files) states.push(readState(await readNamed(terminal, each)));
  let own = states.find((each) => !each.stack || !preview.stack || each.stack === preview.stack);
  if (!own && choice) {
    own = readState({ text: await exportStack(choice, terminal.env), source: `the export of stack ${stack}` });
    states.push(own);
  }
  const [other] = states;
  if (!own && other) {
    throw new UsageError(`${other.source} is the state of ${other.stack}, but the preview is of ${preview.stack}`);
  }
  const adopted = await readAdopted(terminal, preview, [own, ...states.filter((each) => each !== own)]);
  return { preview, state: own?.resources, adopted };
}

type State = ReturnType<typeof readState>;

/** `stack` is undefined for an empty state. */
function readState({ text, source }: { text: string; source: string }) {
  const resources = readDeployment(text, source).resources ?? [];
  const [first] = resources;
  return { source, stack: first && stackOf(first.urn), resources };
}

/** The live settings of adopted objects, from the account if it can be read, or else from the states. */
async function readAdopted(
  terminal: Terminal,
  preview: Preview,
  states: readonly (State | undefined)[],
): Promise<AdoptedObjects> {
  const ids = adoptedIds(preview);
  const inStates = adoptedInStates(
    ids,
    states.map((state) => state?.resources ?? []),
  );
  const hasKey = KEY_VARIABLES.some((name) => terminal.env[name]?.trim());
  if (ids.length === 0 || !hasKey) return inStates;
  try {
    return await adoptedInAccount(ids, terminal);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    terminal.err(clean(`The live settings of adopted objects can't be read: ${cause}`));
    return inStates;
  }
}
