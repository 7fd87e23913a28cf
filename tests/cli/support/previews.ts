/** Previews written by hand: two versions of a program, and what Pulumi would print of the way from one to the other. */
import { UNKNOWN } from "../../../provider/resources/inputs";

export interface Declared {
  kind: "InferenceKey" | "Guardrail" | "GuardrailKeyAssignment" | "GuardrailMemberAssignment" | "AppSecret";
  /** Inputs; `{ of: NAME }` is the id of another resource. */
  inputs?: Record<string, unknown>;
  /** A change makes a new one. */
  rotation?: number;
  retainOnDelete?: boolean;
  /** Read, and not managed: what it has is found and not declared. */
  external?: boolean;
}
export type Program = Record<string, Declared>;

export const key = (inputs: Declared["inputs"] = {}, more: Partial<Declared> = {}): Declared => ({
  kind: "InferenceKey",
  inputs,
  ...more,
});
export const guardrail = (inputs: Declared["inputs"] = {}): Declared => ({ kind: "Guardrail", inputs });
export const assigned = (to: string, keyName: string): Declared => ({
  kind: "GuardrailKeyAssignment",
  inputs: { guardrailId: { of: to }, keyHash: { of: keyName } },
});
export const member = (to: string, userId: string): Declared => ({
  kind: "GuardrailMemberAssignment",
  inputs: { guardrailId: { of: to }, userId },
});

const STACK = "urn:pulumi:prod::budgets::pulumi:pulumi:Stack::budgets-prod";

function typeOf({ kind }: Declared): string {
  return kind === "AppSecret" ? "kubernetes:core/v1:Secret" : `pulumi-nodejs:dynamic/openrouter:${kind}`;
}

function urnOf(name: string, declared: Declared): string {
  return `urn:pulumi:prod::budgets::${typeOf(declared)}::${name}`;
}

function idOf(name: string): string {
  return `id-of-${name}`;
}

/** A resource of `program` as it is once `known` exists; ids of anything else are unknown. */
function resource(name: string, program: Program, known: Program) {
  const declared = program[name] as Declared;
  const references = Object.entries(declared.inputs ?? {}).flatMap(([property, value]) => {
    const of = (value as { of?: string } | null)?.of;
    return of === undefined ? [] : [[property, of] as const];
  });
  const ids = references.map(([property, of]) => {
    const isKept = known[of] !== undefined && known[of]?.rotation === program[of]?.rotation;
    return [property, isKept ? idOf(of) : UNKNOWN];
  });
  const inputs = { name: `budgets/prod/${name}`, ...declared.inputs, ...Object.fromEntries(ids) };
  return {
    urn: urnOf(name, declared),
    type: typeOf(declared),
    custom: true,
    parent: STACK,
    ...(declared.retainOnDelete && { retainOnDelete: true }),
    ...(declared.external ? { external: true, inputs: {}, outputs: inputs } : { inputs }),
    propertyDependencies: Object.fromEntries(
      references.map(([property, of]) => [property, [urnOf(of, (program[of] ?? known[of]) as Declared)]]),
    ),
  };
}

function existing(name: string, program: Program) {
  return { ...resource(name, program, program), id: idOf(name) };
}

/** `pulumi stack export` of a program. */
export function stateOf(program: Program): string {
  const root = { urn: STACK, type: "pulumi:pulumi:Stack", custom: false };
  const resources = [root, ...Object.keys(program).map((name) => existing(name, program))];
  return JSON.stringify({ version: 3, deployment: { resources } });
}

/** `pulumi preview --json` of the way from one program to another. */
export function previewOf(before: Program, after: Program): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const all = names.map((name) => stepOf(name, before, after));
  const isShown = ({ op, urn }: { op: string; urn: string }) => op !== "same" || urn === STACK;
  const root = { op: "same", urn: STACK };
  const changeSummary = { same: 1 + all.filter(({ op }) => op === "same").length };
  return JSON.stringify({ steps: [root, ...all].filter(isShown), duration: 1, changeSummary });
}

function stepOf(name: string, before: Program, after: Program) {
  const [old, made] = [before[name], after[name]];
  const urn = urnOf(name, (made ?? old) as Declared);
  if (!made) return { op: "delete", urn, oldState: existing(name, before) };
  const newState = resource(name, after, before);
  if (!old) return { op: "create", urn, newState };
  const oldState = existing(name, before);
  const diffReasons = [...new Set([...Object.keys(oldState.inputs), ...Object.keys(newState.inputs)])].filter(
    (property) => {
      const [a, b] = [oldState, newState].map(({ inputs }) =>
        JSON.stringify((inputs as Record<string, unknown>)[property]),
      );
      return a !== b;
    },
  );
  const isReplaced = old.rotation !== made.rotation || (made.kind.endsWith("Assignment") && diffReasons.length > 0);
  const op = isReplaced ? "replace" : diffReasons.length > 0 ? "update" : "same";
  return { op, urn, oldState, newState, diffReasons };
}
