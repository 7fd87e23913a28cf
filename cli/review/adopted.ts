/** Objects that a change adopts. They spent before, so what counts is the difference from their live settings. */

import type { Resource } from "../../formats/deployment";
import { typeOf } from "../../formats/typeTokens";
import { isUnknown } from "../../formats/values";
import type { Guardrail } from "../../provider/api/guardrails";
import type { Key } from "../../provider/api/keys";
import { openAccount } from "../shared/account";
import { type Assignee, assignmentsOf } from "../shared/assignments";
import { type Inventory, readInventory, readMembers } from "../shared/inventory";
import type { Terminal } from "../shared/terminal";
import type { Preview, Step } from "./preview";

export interface Live {
  /** By id, the objects that are adopted. */
  objects: ReadonlyMap<string, Resource>;
  /** Their assignments, and the guardrails of these: neither managed nor changed by the stack. */
  surroundings: readonly Resource[];
}

export const NOT_KNOWN: Live = { objects: new Map(), surroundings: [] };

const ADOPTABLE = [typeOf("InferenceKey"), typeOf("Guardrail")];

export function adopts({ effect, new: made }: Step): boolean {
  if (!made || !ADOPTABLE.includes(made.type)) return false;
  return effect === "import" || (effect === "make" && (made.inputs?.adopt ?? undefined) !== undefined);
}

/** The hash of a key or the UUID of a guardrail: anything else never gets into a URL. */
const ID = /^([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function adoptedId({ id, inputs }: Resource): string | undefined {
  const given = inputs?.adopt ?? id;
  return typeof given === "string" && !isUnknown(given) && ID.test(given) ? given : undefined;
}

export function adoptedIds({ steps }: Preview): string[] {
  return steps.flatMap((step) => (step.new && adopts(step) && adoptedId(step.new)) || []);
}

/** What states have of these objects. */
export function liveInStates(ids: readonly string[], states: readonly (readonly Resource[])[]): Live {
  const wanted = new Set<unknown>(ids);
  const all = states.flat().filter(({ delete: isReplaced }) => !isReplaced);
  const objects = all.filter(({ id, type }) => id && wanted.has(id) && ADOPTABLE.includes(type));
  const links = all
    .flatMap((each) => assignmentsOf(each.urn, each))
    .filter(({ of, assignee, guardrail }) => {
      return wanted.has(of === "key" ? assignee.value : guardrail.value);
    });
  const guardrails = new Set(links.map(({ guardrail }) => guardrail.value));
  const above = all.filter(({ id, type }) => type === typeOf("Guardrail") && guardrails.has(id));
  return {
    objects: new Map(objects.map((each) => [each.id as string, each])),
    surroundings: [
      ...above.map(asRead),
      ...links.map(({ of, assignee, guardrail }) => assignment(of, String(assignee.value), String(guardrail.value))),
    ],
  };
}

function asRead(resource: Resource): Resource {
  return resource.external ? resource : { ...resource, external: true, outputs: resource.inputs };
}

/** What the account has of these objects. Reads only. */
export async function liveInAccount(ids: readonly string[], terminal: Terminal): Promise<Live> {
  const account = openAccount({ ...terminal, err: () => undefined });
  const known = { keys: ids.filter((id) => id.length === 64), guardrails: ids.filter((id) => id.length !== 64) };
  const inventory = await readInventory(account, known);
  const members = await readMembers(
    account,
    known.guardrails.filter((id) => inventory.guardrails.some((each) => each.id === id)),
  );
  return fromInventory(ids, inventory, members.of);
}

function fromInventory(
  ids: readonly string[],
  { keys, guardrails, guardrailOf }: Inventory,
  membersOf: ReadonlyMap<string, readonly string[]>,
): Live {
  const wanted = new Set(ids);
  const adoptedKeys = keys.filter(({ hash }) => wanted.has(hash));
  const links = adoptedKeys.flatMap(({ hash }) => {
    const guardrail = guardrailOf.get(hash);
    return guardrail ? [{ hash, guardrail }] : [];
  });
  return {
    objects: new Map([
      ...adoptedKeys.map((key) => [key.hash, asResource("InferenceKey", key.hash, key)] as const),
      ...guardrails
        .filter(({ id }) => wanted.has(id))
        .map((each) => [each.id, asResource("Guardrail", each.id, each)] as const),
    ]),
    surroundings: [
      ...links.flatMap(({ hash, guardrail }) => [
        asResource("Guardrail", guardrail.id, guardrail),
        assignment("key", hash, guardrail.id),
      ]),
      ...[...membersOf].flatMap(([id, members]) => members.map((userId) => assignment("member", userId, id))),
    ],
  };
}

const LIVE = "urn:pulumi:live::";

/** Of the account, and of no stack. */
export function isLive(urn: string): boolean {
  return urn.startsWith(LIVE);
}

/** Its URN is of no stack, because none manages it; the id in it tells two of one name apart. */
function asResource(kind: "InferenceKey" | "Guardrail", id: string, object: Key | Guardrail): Resource {
  const type = typeOf(kind);
  return { urn: `${LIVE}${id}::${type}::${object.name}`, type, id, external: true, outputs: { ...object } };
}

function assignment(of: Assignee, assignee: string, guardrailId: string): Resource {
  const type = typeOf(of === "key" ? "GuardrailKeyAssignment" : "GuardrailMemberAssignment");
  const inputs = { guardrailId, ...(of === "key" ? { keyHash: assignee } : { userId: assignee }) };
  return { urn: `${LIVE}${guardrailId}::${type}::${assignee}`, type, inputs };
}
