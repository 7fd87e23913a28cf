import { UNKNOWN } from "../../../formats/values";

export interface Declared {
  kind:
    | "InferenceKey"
    | "Guardrail"
    | "GuardrailKeyAssignment"
    | "GuardrailMemberAssignment"
    | "GuardrailAssignments"
    | "AppSecret";
  /** Inputs; `{ of: NAME }` is the id of another resource, also as an element of a list. */
  inputs?: Record<string, unknown>;
  /** A list is unknown as a whole when one element is. */
  joined?: boolean;
  /** Further resources that a property depends on. */
  dependsOn?: Record<string, string[]>;
  /** A change replaces the key. */
  rotation?: number;
  retainOnDelete?: boolean;
  /** Read and not managed: its settings are outputs. */
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

/** A set with keys by their names in the program, or by their hashes. */
export const set = (to: string, keys: readonly string[], more: object = {}): Declared => ({
  kind: "GuardrailAssignments",
  inputs: {
    guardrailId: { of: to },
    keyHashes: keys.map((each) => (each.length === 64 || each === UNKNOWN ? each : { of: each })),
    ...more,
  },
});
/** The hash of a key outside the program. */
export const hash = (digit: string) => digit.repeat(64);

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

/** A resource of `program` when the resources of `known` exist: the ids of others are unknown. */
function resource(name: string, program: Program, known: Program) {
  const declared = program[name] as Declared;
  const ofOf = (value: unknown) => (value as { of?: string } | null)?.of;
  const references = Object.entries(declared.inputs ?? {}).flatMap(([property, value]) => {
    const all = (Array.isArray(value) ? value : [value]).map(ofOf).filter((of) => of !== undefined);
    const others = declared.dependsOn?.[property] ?? [];
    return all.length + others.length === 0 ? [] : [[property, [...all, ...others]] as const];
  });
  const resolved = (value: unknown) => {
    const of = ofOf(value);
    if (of === undefined) return value;
    const isKept = known[of] !== undefined && known[of]?.rotation === program[of]?.rotation;
    return isKept ? idOf(of) : UNKNOWN;
  };
  const ids = Object.entries(declared.inputs ?? {}).map(([property, value]) => {
    if (!Array.isArray(value)) return [property, resolved(value)];
    const list = value.map(resolved);
    return [property, declared.joined && list.includes(UNKNOWN) ? UNKNOWN : list];
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
      references.map(([property, all]) => [
        property,
        all.map((of) => urnOf(of, (program[of] ?? known[of]) as Declared)),
      ]),
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

/** `pulumi preview --json` of a change from one program to another. */
export function previewOf(before: Program, after: Program): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const all = names.map((name) => stepOf(name, before, after));
  const isShown = ({ op, urn }: { op: string; urn: string }) => op !== "same" || urn === STACK;
  const root = { op: "same", urn: STACK };
  const changeSummary = { same: 1 + all.filter(({ op }) => op === "same").length };
  return JSON.stringify({ steps: [root, ...all].filter(isShown), duration: 1, changeSummary });
}

function stepOf(name: string, before: Program, after: Program) {
  const [old, next] = [before[name], after[name]];
  const urn = urnOf(name, (next ?? old) as Declared);
  if (!next) return { op: "delete", urn, oldState: existing(name, before) };
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
  const isReplaced =
    old.rotation !== next.rotation ||
    (next.kind.endsWith("Assignment") && diffReasons.length > 0) ||
    (next.kind === "GuardrailAssignments" && diffReasons.includes("guardrailId"));
  const op = isReplaced ? "replace" : diffReasons.length > 0 ? "update" : "same";
  return { op, urn, oldState, newState, diffReasons };
}
