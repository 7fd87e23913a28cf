/** The objects of a Terraform state that this package manages, whichever provider has created them. Pure. */
import type { Kind } from "../../../formats/typeTokens";
import { isKeyHash, isUuid } from "../../../provider/ids";
import { Secret } from "../../../provider/secret";
import { WHOLE_KEY } from "../../../provider/text";
import type { Skipped } from "../adoptable";
import type { TerraformObject } from "./state";

export interface Listed extends Pick<TerraformObject, "address" | "path"> {
  kind: Kind;
  /** As this package has it. */
  id: string;
  /** Of a key, if the state has it. */
  secret?: Secret;
}

type Attributes = TerraformObject["attributes"];

interface Source {
  kind: Kind;
  /** The ids that the id of this package consists of. */
  ids(attributes: Attributes): unknown[];
  isId(ids: readonly string[]): boolean;
}

const isGuardrail = ([id = ""]: readonly string[]) => isUuid(id);

/**
 * By Terraform's resource type. The providers of OpenRouterTeam, cloudopsworks, OneNoted and standujar have the same types
 * and differ in the attribute with the hash of a key only.
 */
const SOURCES: Readonly<Record<string, Source>> = {
  openrouter_api_key: {
    kind: "InferenceKey",
    ids: ({ hash, id }) => [hash || id],
    isId: ([hash = ""]) => isKeyHash(hash),
  },
  openrouter_guardrail: { kind: "Guardrail", ids: ({ id }) => [id], isId: isGuardrail },
  openrouter_workspace_default_guardrail: { kind: "Guardrail", ids: ({ id }) => [id], isId: isGuardrail },
  openrouter_guardrail_key_assignment: {
    kind: "GuardrailKeyAssignment",
    ids: ({ guardrail_id, key_hash }) => [guardrail_id, key_hash],
    isId: ([guardrailId = "", hash = ""]) => isUuid(guardrailId) && isKeyHash(hash),
  },
  openrouter_guardrail_member_assignment: {
    kind: "GuardrailMemberAssignment",
    ids: ({ guardrail_id, user_id }) => [guardrail_id, user_id],
    isId: ([guardrailId = "", userId = ""]) => isUuid(guardrailId) && /^[\w-]+$/.test(userId),
  },
};

/** Resources of other services are ignored. */
export function ofOpenRouter(objects: readonly TerraformObject[]): TerraformObject[] {
  return objects.filter(({ type }) => type.startsWith("openrouter_"));
}

/** Each object once, in the order of the state. */
export function listedIn(objects: readonly TerraformObject[]): { listed: Listed[]; skipped: Skipped[] } {
  const listed = new Map<string, Listed>();
  const skipped: Skipped[] = [];
  for (const object of objects) {
    const skip = (reason: string) => skipped.push({ title: object.address, reason });
    const found = listedAs(object);
    if (typeof found === "string") {
      skip(found);
      continue;
    }
    const key = `${found.kind} ${found.id}`;
    const first = listed.get(key);
    if (first) skip(`it is the same object as ${first.address}`);
    else listed.set(key, found);
  }
  return { listed: [...listed.values()], skipped };
}

/** The reason if it can't be adopted. */
function listedAs({ address, path, type, attributes, isDeposed }: TerraformObject): Listed | string {
  const source = SOURCES[type];
  if (!source) return "this package does not manage resources of this type";
  if (isDeposed) return "Terraform has replaced it and not deleted it yet";
  const ids = source.ids(attributes).map((id) => (typeof id === "string" ? id : ""));
  if (!source.isId(ids)) return "the state has no valid id of it";
  const secret = source.kind === "InferenceKey" ? secretIn(attributes) : undefined;
  // The ids of guardrails may be in upper case.
  const [first = "", ...others] = ids;
  const id = [first.toLowerCase(), ...others].join("/");
  return { address, path, kind: source.kind, id, ...(secret && { secret }) };
}

function secretIn({ key }: Attributes): Secret | undefined {
  if (typeof key !== "string" || key.replace(WHOLE_KEY, "") !== "" || key === "") return undefined;
  return new Secret(key);
}
