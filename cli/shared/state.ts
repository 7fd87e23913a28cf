/** The keys, guardrails and assignments in a `pulumi stack export`. Nothing else is read: a state may hold secrets. */
import type { z } from "zod";
import { deployment, type Resource, VERSIONS } from "../../formats/deployment";
import { kindIn } from "../../formats/typeTokens";
import { stackOf } from "../../formats/urn";
import { parseStamp } from "../../provider/host/stamp";
import { type Assignee, assignmentsOf, setOf } from "./assignments";
import { UsageError } from "./terminal";

export type ObjectKind = "key" | "guardrail";

/** A key or guardrail in a state. */
export interface StateObject {
  kind: ObjectKind;
  /** Hash of a key, id of a guardrail. */
  id: string;
  urn: string;
  /** `<project>/<stack>`. */
  stack: string;
  /** Whether the stack only reads it, with `get`. */
  external: boolean;
  /** Oldest workspace of its account, if the state has it. */
  account: string | undefined;
}

/** A create that was in progress when the run was interrupted. */
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
  /** Hashes; undefined if it does not manage keys. */
  keys: readonly string[] | undefined;
  /** User ids; undefined if it does not manage members. */
  members: readonly string[] | undefined;
  /** Whether it is a set that unassigns keys and members that it does not list. */
  isExclusive: boolean;
}

export interface StackState {
  /** The file or command that it comes from, for messages. */
  source: string;
  /** `<project>/<stack>`; undefined if the state has no resources. */
  stack: string | undefined;
  objects: StateObject[];
  assignments: StateAssignments[];
  pending: PendingCreate[];
}

/** By the kind of the resource. */
const OBJECTS: ReadonlyMap<string | undefined, ObjectKind> = new Map([
  ["InferenceKey", "key"],
  ["Guardrail", "guardrail"],
]);

/** @throws UsageError that names the source and never quotes its content. */
export function parseStackExport(text: string, source: string): StackState {
  const { resources, pending_operations: pending } = readDeployment(text, source);
  const all = [...(resources ?? []), ...(pending ?? []).map((operation) => operation.resource)];
  const [first] = all;
  return {
    source,
    stack: first && stackOf(first.urn),
    objects: (resources ?? []).flatMap(objectsIn),
    assignments: (resources ?? []).filter(({ delete: isReplaced }) => !isReplaced).flatMap(assignmentsIn),
    pending: (pending ?? []).flatMap(({ type, resource }) => (type === "creating" ? pendingIn(resource) : [])),
  };
}

/** @throws UsageError that names the source and never quotes its content. */
export function readDeployment(text: string, source: string): z.output<typeof deployment> {
  const json = parseJson(text);
  if (!isRecord(json) || typeof json.version !== "number" || !isRecord(json.deployment)) {
    throw new UsageError(`${source} is not a stack export. Create one with \`pulumi stack export --file FILE\``);
  }
  if (!VERSIONS.includes(json.version)) {
    throw new UsageError(
      `${source} is a stack export of version ${json.version}; only versions ${VERSIONS.join(" and ")} are supported`,
    );
  }
  const result = deployment.safeParse(json.deployment);
  if (result.success) return result.data;
  const paths = result.error.issues.map(({ path }) => ["deployment", ...path].join("."));
  throw new UsageError(`${source} is not a valid stack export: ${paths.slice(0, 3).join(", ")}`);
}

function objectsIn({ urn, type, id, external, outputs }: Resource): StateObject[] {
  const kind = OBJECTS.get(kindIn(type));
  if (!kind || !id) return [];
  const account = parseStamp(outputs?.__origin)?.account?.workspace || undefined;
  return [{ kind, id, urn, stack: stackOf(urn), external: external ?? false, account }];
}

function assignmentsIn(resource: Resource): StateAssignments[] {
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

function pendingIn({ urn, type, inputs }: Resource): PendingCreate[] {
  const kind = OBJECTS.get(kindIn(type));
  if (!kind) return [];
  return [{ kind, urn, stack: stackOf(urn), name: typeof inputs?.name === "string" ? inputs.name : undefined }];
}

/** Undefined if it is not JSON. */
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
