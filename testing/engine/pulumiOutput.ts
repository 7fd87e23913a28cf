import { parseUrn, STACK_TYPE } from "../../formats/urn";
import type { Values } from "../../formats/values";
import { formatEvent } from "./report";
import type { Diagnostic, EngineEvent, Result, StackOptions, Step, StepOp, Summary } from "./stack";
import { masked } from "./values";

/** Parses the output of `pulumi`. */

/** A finished process. */
export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

const EMPTY_SUMMARY: Summary = { same: 0, create: 0, update: 0, replace: 0, delete: 0, read: 0, import: 0 };

const OPS: Record<string, StepOp> = {
  created: "create",
  updated: "update",
  replaced: "replace",
  deleted: "delete",
  "deleted original": "delete-replaced",
  imported: "import",
  read: "read",
  unchanged: "same",
  creating: "create",
  updating: "update",
  replacing: "replace",
  deleting: "delete",
  "deleting original": "delete-replaced",
  importing: "import",
  reading: "read",
  refreshing: "refresh",
};

/** ` +  TYPE NAME created (0.11s) [diff: ~limit]` */
const STEP =
  /^ *\S{1,2} +(\S+:\S+) (\S+) (\*\*)?([a-z]+(?: (?:original|replacement))?)( failed\*\*)?(?: \(([\d.]+)s\))?.*?(?:\[diff: (.*)\])?$/;
/** `    + 4 created`, `    +-1 replaced`, `    3 unchanged`, `    2 changes. 1 unchanged` */
const COUNT = /^ {4}(?:\d+ changes?\. )?(?:[-+~=>]+ ?)?(\d+) ([a-z]+)$/;

/** Parses the progress that `pulumi up` and other operations print for people, line by line. */
export function parseProgress(listen: (event: EngineEvent) => void, stack: string) {
  const steps: Step[] = [];
  const diagnostics: Array<Diagnostic & { about: string }> = [];
  const lines: string[] = [];
  const summary = { ...EMPTY_SUMMARY };
  let section = "";
  let about = "";

  const stepLine = ([text, type = "", name = "", , word = "", failed, time, diff]: RegExpMatchArray) => {
    const op = OPS[word];
    const isError = text.includes(" error: ");
    // A failing step is first printed again in its starting form, with the error.
    if (op === undefined || (!failed && isError)) return;
    const changedKeys = diff?.split(",").map((key) => key.replace(/^[~+-]+/, "")) ?? [];
    const step: Step = { op, urn: "", type, name, changedKeys, replaceKeys: [] };
    const seconds = Number(time ?? 0);
    if (failed) step.error = "failed";
    if (failed || !word.includes("ing")) steps.push(step);
    const kind = failed ? "stepFailed" : word.includes("ing") ? "stepStart" : "stepDone";
    listen(kind === "stepStart" ? { type: kind, step, preview: false } : { type: kind, step, preview: false, seconds });
  };

  const diagnosticLine = (text: string) => {
    const heading = /^ {2}(\S+) \((.*)\):$/.exec(text);
    const message = /^ {4}(error|warning|info)?:? ?(.*)$/.exec(text);
    if (heading) about = `${heading[1]} ${heading[2]}`;
    else if (/^ {4}(error|warning): /.test(text) && message) {
      diagnostics.push({ severity: message[1] as "error" | "warning", message: message[2] ?? "", about });
    } else if (text.startsWith("    ") && diagnostics.length > 0) {
      const last = diagnostics.at(-1) as Diagnostic;
      last.message += `\n${text.trimEnd().slice(4)}`;
    } else if (text.trim() !== "") diagnostics.push({ severity: "info", message: text.trim(), about });
  };

  return {
    line(text: string): void {
      lines.push(text);
      const heading = /^(\w.*?)(?: \(.*\))?:$/.exec(text);
      if (heading) section = heading[1] as string;
      if (heading && section.endsWith("ing")) listen({ type: "operation", title: section, stack });
      else if (heading) return;
      else if (section === "Diagnostics") diagnosticLine(text);
      else if (section === "Resources") {
        const [, count, word = ""] = COUNT.exec(text) ?? [];
        const op = OPS[word] as keyof Summary | undefined;
        if (op !== undefined) summary[op] = Number(count);
      } else {
        const step = STEP.exec(text);
        if (step) stepLine(step);
      }
    },

    /** The result, after `pulumi` has exited. URNs come from the states before and after, because `pulumi` prints none. */
    result(
      { code, stderr }: Finished,
      resources: Array<Record<string, unknown>>,
      outputs: Record<string, unknown>,
    ): Result {
      const urns = new Map(resources.map(({ urn }) => [typeAndName(String(urn)), String(urn)]));
      for (const step of steps) step.urn = urns.get(`${step.type} ${step.name}`) ?? "";
      const located = diagnostics.map(({ about: resource, ...diagnostic }) => {
        const urn = urns.get(resource);
        return urn === undefined || parseUrn(urn).type === STACK_TYPE ? diagnostic : { ...diagnostic, urn };
      });
      for (const step of steps.filter(({ error }) => error !== undefined)) {
        step.error = located.find(({ urn, severity }) => urn === step.urn && severity === "error")?.message ?? "failed";
      }
      if (code !== 0 && located.every(({ severity }) => severity !== "error")) {
        located.push({ severity: "error", message: stderr.trim() || `pulumi exited with code ${code}` });
      }
      for (const diagnostic of located) listen({ type: "diagnostic", diagnostic });
      const output = [...lines, stderr].join("\n").trimEnd();
      return { ok: code === 0, summary, steps, diagnostics: located, outputs, output };
    },
  };
}

function typeAndName(urn: string): string {
  const { type, name } = parseUrn(urn);
  return `${type} ${name}`;
}

interface PreviewStep {
  op: string;
  urn: string;
  diffReasons?: string[];
  replaceReasons?: string[];
  newState?: { outputs?: Values };
}

/** Parses the output of `pulumi preview --json`. */
export function parsePreview({ code, stdout, stderr }: Finished, seconds: number, options: StackOptions): Result {
  const parsed = stdout.trim().startsWith("{") ? JSON.parse(stdout) : {};
  const planned: PreviewStep[] = (parsed.steps ?? []).filter(({ op }: PreviewStep) => op !== "create-replacement");
  const steps = planned.map(({ op, urn, diffReasons, replaceReasons }): Step => {
    const { type, name } = parseUrn(urn);
    return { op: op as StepOp, urn, type, name, changedKeys: diffReasons ?? [], replaceKeys: replaceReasons ?? [] };
  });
  const diagnostics: Diagnostic[] = (parsed.diagnostics ?? []).map(({ severity, message, urn }: Diagnostic) => {
    return { severity, message: message.trimEnd(), ...(urn ? { urn } : {}) };
  });
  if (code !== 0 && diagnostics.every(({ severity }) => severity !== "error")) {
    diagnostics.push({
      severity: "error",
      message: stderr.trim() || stdout.trim() || `pulumi exited with code ${code}`,
    });
  }
  const stack = planned.find(({ urn }) => parseUrn(urn).type === STACK_TYPE);
  const outputs: Record<string, unknown> = masked(stack?.newState?.outputs ?? {});
  const summary: Summary = { ...EMPTY_SUMMARY, ...parsed.changeSummary };
  const failed = diagnostics.filter(({ severity }) => severity === "error").length;
  const events: EngineEvent[] = [
    { type: "operation", title: "Previewing update", stack: options.stack },
    ...steps.map((step): EngineEvent => ({ type: "stepDone", step, preview: true, seconds: 0 })),
    ...diagnostics.map((diagnostic): EngineEvent => ({ type: "diagnostic", diagnostic })),
    { type: "outputs", outputs },
    { type: "summary", summary, failed, preview: true, seconds },
  ];
  for (const event of events) options.onEvent?.(event);
  const output = events.map(formatEvent).filter(Boolean).join("\n");
  return { ok: code === 0, summary, steps, diagnostics, outputs, output };
}
