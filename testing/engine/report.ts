import { parseUrn } from "../../formats/urn";
import { UNKNOWN, type Values } from "../../formats/values";
import type { Diagnostic, EngineEvent, Result, Step, StepOp, Summary } from "./stack";
import { masked, secretStrings } from "./values";

/** Shorter secrets are likely to be part of other strings. */
const MIN_MASKED_LENGTH = 4;

/**
 * Collects the steps and messages of an operation, and emits them as events without secrets.
 * @internal
 */
export class Report {
  private readonly steps: Step[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private readonly lines: string[] = [];
  private readonly secrets = new Set<string>();
  private readonly began = Date.now();

  constructor(
    private readonly preview: boolean,
    private readonly listen: (event: EngineEvent) => void,
  ) {}

  /** Masks the secrets in these values in all later messages. */
  maskSecretsOf(values: Values): void {
    const secrets = secretStrings(values).filter((secret) => secret.length >= MIN_MASKED_LENGTH);
    for (const secret of secrets) this.secrets.add(secret);
  }

  emit(event: EngineEvent): void {
    const line = formatEvent(event);
    if (line !== "") this.lines.push(line);
    this.listen(event);
  }

  diagnostic(severity: Diagnostic["severity"], message: string, urn?: string): void {
    const diagnostic = { severity, message: this.mask(message.trimEnd()), ...(urn ? { urn } : {}) };
    this.diagnostics.push(diagnostic);
    this.emit({ type: "diagnostic", diagnostic });
  }

  hasErrors(): boolean {
    return this.diagnostics.some(({ severity }) => severity === "error");
  }

  /** Starts a step. The returned functions end it. */
  start(op: StepOp, urn: string, changes: StepChanges = {}): StepReport {
    const { type, name } = parseUrn(urn);
    const step: Step = {
      op,
      urn,
      type,
      name,
      changedKeys: changes.changedKeys ?? [],
      replaceKeys: changes.replaceKeys ?? [],
    };
    const { preview } = this;
    const began = Date.now();
    const seconds = () => (Date.now() - began) / 1000;
    if (op !== "same") this.emit({ type: "stepStart", step, preview });
    return {
      done: (actualOp = op, changedKeys = step.changedKeys) => {
        Object.assign(step, { op: actualOp, changedKeys });
        this.steps.push(step);
        this.emit({ type: "stepDone", step, preview, seconds: seconds() });
      },
      failed: (error) => {
        step.error = this.mask(error);
        this.steps.push(step);
        this.emit({ type: "stepFailed", step, preview, seconds: seconds() });
        this.diagnostic("error", error, urn);
      },
    };
  }

  result(ok: boolean, stackOutputs: Values): Result {
    const summary: Summary = { same: 0, create: 0, update: 0, replace: 0, delete: 0, read: 0, import: 0 };
    const succeeded = this.steps.filter((step) => step.error === undefined);
    for (const { op } of succeeded) if (op !== "delete-replaced" && op !== "refresh") summary[op] += 1;
    const outputs: Record<string, unknown> = masked(stackOutputs);
    if (Object.keys(outputs).length > 0) this.emit({ type: "outputs", outputs });
    const seconds = (Date.now() - this.began) / 1000;
    this.emit({
      type: "summary",
      summary,
      failed: this.steps.length - succeeded.length,
      preview: this.preview,
      seconds,
    });
    const { steps, diagnostics } = this;
    return { ok, summary, steps, diagnostics, outputs, output: this.lines.join("\n") };
  }

  private mask(message: string): string {
    const longestFirst = [...this.secrets].sort((a, b) => b.length - a.length);
    return longestFirst
      .reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), message)
      .replaceAll(UNKNOWN, "[unknown]");
  }
}

/** @internal */
export interface StepChanges {
  changedKeys?: string[];
  replaceKeys?: string[];
}

export interface StepReport {
  /** The step succeeded, possibly as a different operation: a refresh of a deleted object is a delete. */
  done(actualOp?: StepOp, changedKeys?: string[]): void;
  failed(error: string): void;
}

const SIGNS: Record<StepOp, string> = {
  same: " ",
  create: "+",
  update: "~",
  replace: "+-",
  delete: "-",
  "delete-replaced": "--",
  read: ">",
  import: "=",
  refresh: "~",
};

const WORDS: Record<StepOp, [present: string, past: string]> = {
  same: ["", "unchanged"],
  create: ["creating", "created"],
  update: ["updating", "updated"],
  replace: ["replacing", "replaced"],
  delete: ["deleting", "deleted"],
  "delete-replaced": ["deleting original", "deleted original"],
  read: ["reading", "read"],
  import: ["importing", "imported"],
  refresh: ["refreshing", "refreshed"],
};

/** Formats an event as the lines that `pulumi` prints for it; empty if it prints none. */
export function formatEvent(event: EngineEvent): string {
  switch (event.type) {
    case "operation":
      return `${event.title} (${event.stack}):`;
    case "stepStart":
      return event.preview ? "" : stepLine(event.step, `${WORDS[event.step.op][0]} (0s)`);
    case "stepDone":
      return event.step.op === "same" ? "" : stepLine(event.step, completedWords(event));
    case "stepFailed":
      return stepLine(event.step, `**${`${WORDS[event.step.op][0]} failed`.trim()}**`);
    case "diagnostic":
      return diagnosticLine(event.diagnostic);
    case "outputs": {
      const lines = Object.entries(event.outputs).map(([key, value]) => `    ${key}: ${printable(value)}`);
      return ["Outputs:", ...lines].join("\n");
    }
    case "summary":
      return ["Resources:", ...summaryLines(event), `Duration: ${Math.round(event.seconds)}s`].join("\n");
  }
}

function completedWords({ step, preview, seconds }: { step: Step; preview: boolean; seconds: number }): string {
  if (preview) return step.op === "delete-replaced" ? "delete original" : step.op;
  return `${WORDS[step.op][1]} (${seconds.toFixed(2)}s)`;
}

function stepLine(step: Step, word: string): string {
  const diff = step.changedKeys.length > 0 ? ` [diff: ${step.changedKeys.map((key) => `~${key}`).join(",")}]` : "";
  return ` ${SIGNS[step.op].padEnd(2)} ${step.type} ${step.name} ${word}${diff}`;
}

function diagnosticLine({ severity, message, urn }: Diagnostic): string {
  const about = urn === undefined ? "" : `${parseUrn(urn).type} (${parseUrn(urn).name}): `;
  return `    ${severity === "info" ? "" : `${severity}: `}${about}${message}`;
}

function printable(value: unknown): string {
  return value === "[secret]" || value === "[unknown]" ? value : JSON.stringify(value);
}

function summaryLines({ summary, failed, preview }: { summary: Summary; failed: number; preview: boolean }): string[] {
  const nonZero = (Object.keys(summary) as Array<keyof Summary>).filter((op) => op !== "same" && summary[op] > 0);
  const lines = nonZero.map((op) => `    ${SIGNS[op].padEnd(2)}${summary[op]} ${preview ? `to ${op}` : WORDS[op][1]}`);
  if (summary.same > 0) lines.push(`    ${summary.same} unchanged`);
  if (failed > 0) lines.push(`    ${failed} errored`);
  return lines;
}
