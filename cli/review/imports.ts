/** The objects that the option `import` or `pulumi import` takes over, which Pulumi reads for the preview. */
import type { Resource } from "../../formats/deployment";
import { kindIn } from "../../formats/typeTokens";
import { UNKNOWN } from "../../formats/values";
import { settingsOf } from "./adoption";

/** Settings that the figures depend on. */
const FIGURES: ReadonlyMap<string | undefined, readonly string[]> = new Map([
  ["InferenceKey", ["limit", "limitReset", "expiresAt"]],
  ["Guardrail", ["limitUsd", "resetInterval"]],
  ["GuardrailAssignments", ["keyHashes", "userIds"]],
]);

/** With the id that the preview has as `importID`. `pulumi import` shows no inputs. @param found The live object */
export function imported(resource: Resource, found: Resource | undefined): Resource {
  const { importID: id, inputs } = resource;
  return { ...resource, id, inputs: inputs ?? (found ? settingsOf(found) : impliedInputs(resource.type, String(id))) };
}

/** The inputs that the id contains. Those that figures depend on are known after the import. */
function impliedInputs(type: string, id: string): Record<string, unknown> {
  const kind = kindIn(type);
  const [guardrailId, assignee] = id.split("/");
  const unknown = Object.fromEntries((FIGURES.get(kind) ?? []).map((name) => [name, UNKNOWN]));
  if (kind === "GuardrailKeyAssignment") return { guardrailId, keyHash: assignee };
  if (kind === "GuardrailMemberAssignment") return { guardrailId, userId: assignee };
  return kind === "GuardrailAssignments" ? { guardrailId, ...unknown } : unknown;
}
