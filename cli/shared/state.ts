/** What a `pulumi stack export` says of keys and guardrails. Nothing else is taken from it: it may hold secrets. */
import type { z } from "zod";
import { deployment, type Resource, VERSIONS } from "../../formats/deployment";
import { typeOf } from "../../formats/typeTokens";
import { stackOf } from "../../formats/urn";
import { parseStamp } from "../../provider/dynamic/stamp";
import { type Assignee, assignmentsOf, setOf } from "./assignments";
import { UsageError } from "./terminal";

export type ObjectKind = "key" | "guardrail";

/** A key or guardrail that a stack has. */
export interface StateObject {
  kind: ObjectKind;
  /** Hash of a key, id of a guardrail. */
  id: string;
  urn: string;
  /** `<project>/<stack>`. */
  stack: string;
  /** Read by the stack with `get`, not managed by it. */
  external: boolean;
  /** Oldest workspace of the account that has it, if the state tells. */
  account: string | undefined;
}

/** A create that was under way when the run was interrupted. */
export interface PendingCreate {
  kind: ObjectKind;
  urn: string;
  stack: string;
  /** Name of the object in the API. */
  name: string | undefined;
}

/** A pair or a set of assignments that a stack manages. */
export interface StateAssignments {
  urn: string;
  stack: string;
  guardrailId: string;
  /** Hashes of keys; undefined if it manages none. */
  keys: readonly string[] | undefined;
  /** User ids; undefined if it manages none. */
  members: readonly string[] | undefined;
  /** What a set does not list is removed. */
  isExclusive: boolean;
}

export interface StackState {
  /** Where it was read from, for messages. */
  source: string;
  /** `<project>/<stack>`; undefined when nothing in the state tells. */
  stack: string | undefined;
  objects: StateObject[];
  assignments: StateAssignments[];
  pending: PendingCreate[];
}

const TYPES: Readonly<Record<string, ObjectKind>> = {
  [typeOf("InferenceKey")]: "key",
  [typeOf("Guardrail")]: "guardrail",
};

/** @throws UsageError that names the source and quotes nothing of the text. */
export function parseStackExport(text: string, source: string): StackState {
  const { resources, pending_operations: pending } = readDeployment(text, source);
  const all = [...(resources ?? []), ...(pending ?? []).map((operation) => operation.resource)];
  const [first] = all;
  return {
    source,
    stack: first && stackOf(first.urn),
    objects: (resources ?? []).flatMap(asObject),
    assignments: (resources ?? []).filter(({ delete: isReplaced }) => !isReplaced).flatMap(asAssignments),
    pending: (pending ?? []).flatMap(({ type, resource }) => (type === "creating" ? asPending(resource) : [])),
  };
}

/** @throws UsageError that names the source and quotes nothing of the text. */
export function readDeployment(text: string, source: string): z.output<typeof deployment> {
  const json = parseJson(text);
  if (!isRecord(json) || typeof json.version !== "number" || !isRecord(json.deployment)) {
    throw new UsageError(`${source} is not a stack export; make one with \`pulumi stack export --file FILE\``);
  }
  if (!VERSIONS.includes(json.version)) {
    const known = VERSIONS.join(" and ");
    throw new UsageError(`${source} is a stack export of version ${json.version}; versions ${known} can be read here`);
  }
  const result = deployment.safeParse(json.deployment);
  if (result.success) return result.data;
  const places = result.error.issues.map(({ path }) => ["deployment", ...path].join("."));
  throw new UsageError(`${source} is a stack export that can't be read: ${places.slice(0, 3).join(", ")}`);
}

function asObject({ urn, type, id, external, outputs }: Resource): StateObject[] {
  const kind = TYPES[type];
  if (!kind || !id) return [];
  return [{ kind, id, urn, stack: stackOf(urn), external: external ?? false, account: accountIn(outputs) }];
}

function asAssignments(resource: Resource): StateAssignments[] {
  const { urn, external } = resource;
  const set = setOf(resource);
  const all = assignmentsOf(urn, resource);
  const guardrailId = (set ?? all[0])?.guardrail.value;
  if (external || typeof guardrailId !== "string") return [];
  const listed = (of: Assignee) =>
    all.flatMap(({ of: its, assignee: { value } }) => (its === of && typeof value === "string" ? [value] : []));
  const manages = (of: Assignee) =>
    set ? (of === "key" ? set.keys : set.members) : all.find((each) => each.of === of);
  return [
    {
      urn,
      stack: stackOf(urn),
      guardrailId: guardrailId.toLowerCase(),
      keys: manages("key") && listed("key"),
      members: manages("member") && listed("member"),
      isExclusive: set?.isExclusive ?? false,
    },
  ];
}

function asPending({ urn, type, inputs }: Resource): PendingCreate[] {
  const kind = TYPES[type];
  if (!kind) return [];
  return [{ kind, urn, stack: stackOf(urn), name: typeof inputs?.name === "string" ? inputs.name : undefined }];
}

function accountIn(outputs: Resource["outputs"]): string | undefined {
  return parseStamp(outputs?.__origin)?.account?.workspace || undefined;
}

/** Undefined if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
