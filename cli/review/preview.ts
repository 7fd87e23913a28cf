/** Reads `pulumi preview --json`. The format has no version of its own, so everything that it needs is looked at. */
import { z } from "zod";
import { type Resource, resource } from "../../formats/deployment";
import { stackOf } from "../../formats/urn";
import { printable } from "../shared/output";
import { isRecord, parseJson } from "../shared/state";
import { UsageError } from "../shared/terminal";

/** What each operation means for the resource. */
const OPERATIONS: Readonly<Record<string, Effect>> = {
  same: "keep",
  refresh: "keep",
  create: "make",
  import: "import",
  update: "change",
  read: "change",
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  "read-replacement": "replace",
  delete: "end",
  discard: "end",
  "read-discard": "end",
  // The old one of a replacement; the replacement itself is another step.
  "delete-replaced": "none",
  "discard-replaced": "none",
  "remove-pending-replace": "none",
};
type Effect = "keep" | "make" | "import" | "change" | "replace" | "end" | "none";

export interface Step {
  effect: Effect;
  urn: string;
  old: Resource | undefined;
  new: Resource | undefined;
  /** Names of properties. */
  differing: readonly string[];
}

export interface Preview {
  /** `<project>/<stack>`; undefined when it has no steps. */
  stack: string | undefined;
  steps: Step[];
  /** Whether resources that don't change are in it too. */
  complete: boolean;
  /** What Pulumi warned of. */
  warnings: string[];
}

const digest = z.object({
  steps: z
    .array(
      z.object({
        op: z.string(),
        urn: z.string(),
        oldState: resource.nullish(),
        newState: resource.nullish(),
        diffReasons: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
  diagnostics: z.array(z.object({ message: z.string().nullish(), severity: z.string().nullish() })).nullish(),
  changeSummary: z.record(z.string(), z.number()).nullish(),
  maybeCorrupt: z.boolean().nullish(),
});

/** @throws UsageError that names the source and quotes nothing of the text but Pulumi's own errors. */
export function parsePreview(text: string, source: string): Preview {
  const { steps, diagnostics, changeSummary, maybeCorrupt } = readDigest(text, source);
  rejectFailed(diagnostics ?? [], source);
  if (maybeCorrupt) throw new UsageError(`${source} is a preview that Pulumi says may be corrupt; run it again`);
  const sames = (steps ?? []).filter(({ op }) => op === "same").length;
  const [first] = steps ?? [];
  return {
    stack: first && stackOf(first.urn),
    steps: (steps ?? []).map(({ op, urn, oldState, newState, diffReasons }) => {
      const effect = OPERATIONS[op];
      if (!effect) throw new UsageError(`${source} has a step "${printable(op)}", which is not known here`);
      return { effect, urn, old: oldState ?? undefined, new: newState ?? undefined, differing: diffReasons ?? [] };
    }),
    complete: changeSummary !== null && changeSummary !== undefined && sames >= (changeSummary.same ?? 0),
    warnings: (diagnostics ?? []).filter(({ severity }) => severity === "warning").map(firstLine),
  };
}

function readDigest(text: string, source: string): z.output<typeof digest> {
  const json = parseJson(text);
  if (!isRecord(json) || !("steps" in json || "changeSummary" in json)) {
    throw new UsageError(
      `${source} is not a preview: ${whatItIs(text, json)}; make one with \`pulumi preview --json\``,
    );
  }
  if (json.version !== undefined) {
    const version = printable(String(json.version));
    throw new UsageError(
      `${source} is a preview of version ${version} of the format; the one without version is known`,
    );
  }
  const result = digest.safeParse(json);
  if (result.success) return result.data;
  const places = result.error.issues.map(({ path }) => path.join("."));
  throw new UsageError(`${source} is a preview in another form than is known here: ${places.slice(0, 3).join(", ")}`);
}

function whatItIs(text: string, json: unknown): string {
  if (text.trim() === "") return "it is empty";
  if (isRecord(json) && "deployment" in json) return "it is a stack export, which goes with --state";
  if (isRecord(json) && "resourcePlans" in json) return "it is an update plan, of --save-plan";
  const [first = ""] = text.trimStart().split("\n", 1);
  if (isRecord(parseJson(first)) && "sequence" in (parseJson(first) as object)) {
    return "it is the stream of events of `pulumi up --json` or of PULUMI_ENABLE_STREAMING_JSON_PREVIEW";
  }
  return json === undefined ? "it is not JSON" : "it has no steps";
}

/** A preview that failed shows a part of the change only. */
function rejectFailed(diagnostics: readonly Diagnostic[], source: string): void {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return;
  throw new UsageError(`${source} is a preview that failed, which shows a part only:`, errors.flatMap(linesOf));
}

type Diagnostic = NonNullable<z.output<typeof digest>["diagnostics"]>[number];

function linesOf({ message }: Diagnostic): string[] {
  const said = (message ?? "").replace(/^(error|warning): /, "").trimEnd();
  return said.split(/\r?\n/).map(printable);
}

/** A line that ends with a colon announces the next one. */
function firstLine(diagnostic: Diagnostic): string {
  const [first = "", second] = linesOf(diagnostic);
  return first.endsWith(":") && second ? `${first} ${second.trim()}` : first;
}
