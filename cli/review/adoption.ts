/** The objects that a change adopts. They spent before, so the difference from their live settings counts. */
import type { Resource } from "../../formats/deployment";
import { kindIn, typeOf } from "../../formats/typeTokens";
import { isUnknown } from "../../formats/values";
import { openAccount } from "../shared/account";
import { type Assignee, assignmentsOf } from "../shared/assignments";
import { readInventory, readMembers } from "../shared/inventory";
import type { Terminal } from "../shared/terminal";
import type { Preview, Step } from "./preview";

export interface AdoptedObjects {
  /** By id. */
  objects: ReadonlyMap<string, Resource>;
  /** Their assignments, and the guardrails of these: the stack neither manages nor changes them. */
  related: readonly Resource[];
}

export const NOTHING_ADOPTED: AdoptedObjects = { objects: new Map(), related: [] };

function isAdoptable({ type }: Resource): boolean {
  return ["InferenceKey", "Guardrail", "GuardrailAssignments"].includes(kindIn(type) ?? "");
}

export function adopts({ effect, new: next }: Step): boolean {
  if (!next || !isAdoptable(next)) return false;
  return effect === "import" || (effect === "create" && (next.inputs?.adopt ?? undefined) !== undefined);
}

/** The hash of a key or the UUID of a guardrail. Nothing else gets into a URL. */
const ID = /^([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function adoptedId({ id, importID, inputs }: Resource): string | undefined {
  const given = inputs?.adopt ?? importID ?? id;
  return typeof given === "string" && !isUnknown(given) && ID.test(given) ? given : undefined;
}

export function adoptedIds({ steps }: Preview): string[] {
  return steps.flatMap((step) => (step.new && adopts(step) && adoptedId(step.new)) || []);
}

/** The adopted objects that these states have. */
export function adoptedInStates(adopted: readonly string[], states: readonly (readonly Resource[])[]): AdoptedObjects {
  const ids = new Set<unknown>(adopted);
  const all = states.flat().filter(({ delete: isReplaced }) => !isReplaced);
  const objects = all.filter((each) => ids.has(each.id) && isAdoptable(each));
  const assignments = all
    .flatMap((each) => assignmentsOf(each.urn, each))
    .filter(({ of, assignee, guardrail }) => ids.has(of === "key" ? assignee.value : guardrail.value));
  const guardrailIds = new Set(assignments.map(({ guardrail }) => guardrail.value));
  const guardrails = all.filter(({ id, type }) => kindIn(type) === "Guardrail" && guardrailIds.has(id));
  return {
    objects: new Map(objects.map((each) => [each.id as string, each])),
    related: [
      ...guardrails.map((each) => (each.external ? each : { ...each, external: true, outputs: each.inputs })),
      ...assignments.map(({ of, assignee, guardrail }) =>
        assignmentResource(of, String(assignee.value), String(guardrail.value)),
      ),
    ],
  };
}

/** Declared settings; of an object that is only read, the live ones. */
export function settingsOf({ external, inputs, outputs }: Resource): Record<string, unknown> {
  return (external ? outputs : inputs) ?? {};
}

/** The adopted objects as the account has them. Reads only. */
export async function adoptedInAccount(adopted: readonly string[], terminal: Terminal): Promise<AdoptedObjects> {
  const account = openAccount({ ...terminal, err: () => undefined });
  const ids = { keys: adopted.filter((id) => id.length === 64), guardrails: adopted.filter((id) => id.length !== 64) };
  const { keys, guardrails, guardrailOf } = await readInventory(account, ids);
  const existing = ids.guardrails.filter((each) => guardrails.some(({ id }) => id === each));
  const members = await readMembers(account, existing);
  return adoptedInStates(adopted, [
    keys.map((key) => accountResource("InferenceKey", key.hash, key)),
    guardrails.map((guardrail) => accountResource("Guardrail", guardrail.id, guardrail)),
    [...guardrailOf].map(([hash, { id }]) => assignmentResource("key", hash, id)),
    [...members.of].flatMap(([id, userIds]) => userIds.map((user) => assignmentResource("member", user, id))),
  ]);
}

const ACCOUNT_URN = "urn:pulumi:live::";

/** Whether it is of the account and in no stack. */
export function isInAccount(urn: string): boolean {
  return urn.startsWith(ACCOUNT_URN);
}

/** Its URN is in no stack, because none manages it. The id in the URN keeps two objects with one name apart. */
function accountResource(kind: "InferenceKey" | "Guardrail", id: string, object: { name: string }): Resource {
  const type = typeOf(kind);
  return { urn: `${ACCOUNT_URN}${id}::${type}::${object.name}`, type, id, external: true, outputs: { ...object } };
}

function assignmentResource(of: Assignee, assignee: string, guardrailId: string): Resource {
  const type = typeOf(of === "key" ? "GuardrailKeyAssignment" : "GuardrailMemberAssignment");
  const inputs = { guardrailId, ...(of === "key" ? { keyHash: assignee } : { userId: assignee }) };
  return { urn: `${ACCOUNT_URN}${guardrailId}::${type}::${assignee}`, type, inputs };
}
