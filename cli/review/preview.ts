/** Reads `pulumi preview --json`. The format has no version, so the parts that the review needs are validated. */
import { z } from "zod";
import { type Resource, resource } from "../../formats/deployment";
import { stackOf } from "../../formats/urn";
import { printable } from "../shared/output";
import { isRecord, parseJson } from "../shared/state";
import { UsageError } from "../shared/terminal";

/** The effect of each operation on the resource. */
const OPERATIONS: Readonly<Record<string, Effect>> = {
  same: "keep",
  refresh: "keep",
  create: "create",
  import: "import",
  update: "update",
  read: "update",
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  "read-replacement": "replace",
  delete: "delete",
  discard: "delete",
  "read-discard": "delete",
  // The old object of a replacement, which has its own step.
  "delete-replaced": "ignore",
  "discard-replaced": "ignore",
  "remove-pending-replace": "ignore",
};
type Effect = "keep" | "create" | "import" | "update" | "replace" | "delete" | "ignore";

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
  /** Whether it includes unchanged resources. */
  complete: boolean;
  /** Pulumi's warnings. */
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

/** @throws UsageError that names the source, and quotes only Pulumi's errors */
export function parsePreview(text: string, source: string): Preview {
  const { steps, diagnostics, changeSummary, maybeCorrupt } = readDigest(text, source);
  rejectFailed(diagnostics ?? [], source);
  if (maybeCorrupt) throw new UsageError(`${source}: Pulumi reports that this preview may be corrupt; create it again`);
  const sames = (steps ?? []).filter(({ op }) => op === "same").length;
  const [first] = steps ?? [];
  return {
    stack: first && stackOf(first.urn),
    steps: (steps ?? []).map(({ op, urn, oldState, newState, diffReasons }) => {
      const effect = OPERATIONS[op];
      if (!effect) throw new UsageError(`${source} has an unsupported step "${printable(op)}"`);
      return { effect, urn, old: oldState ?? undefined, new: newState ?? undefined, differing: diffReasons ?? [] };
    }),
    complete: changeSummary !== null && changeSummary !== undefined && sames >= (changeSummary.same ?? 0),
    warnings: (diagnostics ?? []).filter(({ severity }) => severity === "warning").map(firstLine),
  };
}

function readDigest(text: string, source: string): z.output<typeof digest> {
  const json = parseJson(text);
  if (!isRecord(json) || !("steps" in json || "changeSummary" in json)) {
    const reason = whyNotAPreview(text, json);
    throw new UsageError(`${source} is not a preview: ${reason}; create one with \`pulumi preview --json\``);
  }
  if (json.version !== undefined) {
    const version = printable(String(json.version));
    throw new UsageError(`${source} has version ${version} of the preview format, which is not supported`);
  }
  const result = digest.safeParse(json);
  if (result.success) return result.data;
  const paths = result.error.issues.slice(0, 3).map(({ path }) => path.join("."));
  throw new UsageError(`${source} is not a preview in a supported format: unexpected ${paths.join(", ")}`);
}

function whyNotAPreview(text: string, json: unknown): string {
  if (text.trim() === "") return "it is empty";
  if (isRecord(json) && "deployment" in json) return "it is a stack export, for --state";
  if (isRecord(json) && "resourcePlans" in json) return "it is an update plan, created by --save-plan";
  const [first = ""] = text.trimStart().split("\n", 1);
  if (isRecord(parseJson(first)) && "sequence" in (parseJson(first) as object)) {
    return "it is an event stream, from `pulumi up --json` or PULUMI_ENABLE_STREAMING_JSON_PREVIEW";
  }
  return json === undefined ? "it is not JSON" : "it has no steps";
}

/** A failed preview shows only a part of the change. */
function rejectFailed(diagnostics: readonly Diagnostic[], source: string): void {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0)
    throw new UsageError(`${source} is incomplete, because the preview failed:`, errors.flatMap(linesOf));
}

type Diagnostic = NonNullable<z.output<typeof digest>["diagnostics"]>[number];

function linesOf({ message }: Diagnostic): string[] {
  const lines = (message ?? "")
    .replace(/^(error|warning): /, "")
    .trimEnd()
    .split(/\r?\n/);
  return lines.map(printable);
}

/** A first line that ends with a colon continues in the next one. */
function firstLine(diagnostic: Diagnostic): string {
  const [first = "", second] = linesOf(diagnostic);
  return first.endsWith(":") && second ? `${first} ${second.trim()}` : first;
}
