/** Tools for changes of the program, the configuration and the budgets: budgets are code, so this is how they change. */
import { z } from "zod";
import { readReview } from "../../review/read";
import { UsageError } from "../../shared/terminal";
import { unifiedDiff } from "../changes/diff";
import { edits } from "../changes/edits";
import { type EditedFile, editFile } from "../changes/file";
import { fingerprint, readProject, withCopy } from "../changes/projectCopy";
import type { Session, SessionOptions } from "../session";
import { defineTool, READS, type Tool } from "../tool";
import { review } from "./stacks";

const input = z.object({
  file: z.string().min(1).max(500).describe("In the project: Pulumi.<stack>.yaml, budgets YAML, or program"),
  edits,
});

const CONTEXT_LINES = 3;

export function changeTools(session: Session): Tool[] {
  const { options } = session;
  const propose = defineTool({
    name: "propose_change",
    title: "Proposed change",
    description:
      "Returns a change of the stack configuration, the budgets YAML or the program as a unified diff, for the user or a pull request. It writes and runs nothing. This is how to change a budget that a stack manages.",
    input,
    output: z.object({ file: z.string(), kind: z.enum(["configuration", "budgets", "program"]), diff: z.string() }),
    multiline: ["diff"],
    call: async ({ file, edits }) => {
      const edited = editFile(options, file, edits);
      return { file: edited.name, kind: edited.kind, diff: diffOf(edited) };
    },
  });
  return options.allowPreview ? [propose, previewTool(session)] : [propose];
}

/** Without context where a line next to the change may be a secret. */
function diffOf({ name, kind, before, after }: EditedFile): string {
  return unifiedDiff(name, before, after, kind === "configuration" ? 0 : CONTEXT_LINES);
}

function previewTool({ terminal, options }: Session): Tool {
  if (!options.stack?.length) throw new UsageError("--allow-preview needs --stack: it previews that stack");
  // What the assistant may have changed on disk since must not run.
  const atStart = fingerprint(readProject(options.cwd));
  return defineTool({
    name: "preview_change",
    title: "Cost of a proposed change",
    description:
      "Runs `pulumi preview` with a change of the stack configuration or the budgets YAML, in a temporary copy of the project, and shows how much more or less each key may spend. It changes nothing.",
    // It runs the user's program, so a client should ask.
    annotations: { ...READS, readOnlyHint: false },
    input: input.extend({ stack: z.string().max(200).optional().describe("Default: the only stack of the server") }),
    output: review.extend({ diff: z.string() }),
    multiline: ["diff"],
    call: async ({ stack: wanted, file, edits }) => {
      const stack = chooseStack(options, wanted);
      const edited = editFile(options, file, edits);
      requirePreviewable(edited, stack);
      const project = readProject(options.cwd);
      if (fingerprint(project) !== atStart) {
        throw new UsageError(
          "files of the project have changed since the server started, and a preview would run them; the user must " +
            "look at them and restart the server",
        );
      }
      const changed = { name: edited.name, text: edited.after };
      const { data, unread } = await withCopy(options.cwd, project, changed, (cwd) =>
        readReview(terminal, undefined, { stack, cwd }, Date.now()),
      );
      return { ...data, unreadable: unread, diff: diffOf(edited) };
    },
  });
}

function chooseStack({ stack: stacks = [] }: SessionOptions, wanted: string | undefined): string {
  const [only] = stacks;
  const stack = wanted ?? (stacks.length === 1 ? only : undefined);
  if (stack !== undefined && stacks.includes(stack)) return stack;
  throw new UsageError("stack: pass one of the stacks that the user named at the start:", stacks);
}

function requirePreviewable({ name, kind }: EditedFile, stack: string): void {
  if (kind === "budgets" || name === `Pulumi.${stack.split("/").at(-1)}.yaml`) return;
  throw new UsageError(
    kind === "program"
      ? "file: a change of the program is never run; propose_change returns it for a pull request"
      : `file: the configuration of the stack ${stack} is Pulumi.${stack.split("/").at(-1)}.yaml`,
  );
}
