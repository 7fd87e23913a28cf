/** Finds the guardrail that the user means. */
import type { Guardrail } from "../../provider/api/guardrails";
import { isKeyHash, isUuid } from "../../provider/ids";
import { choose, type Kind } from "./choice";
import { UsageError } from "./terminal";

/** The help of an argument or option that names a guardrail. */
export const GUARDRAIL_CHOICE = "full name of a guardrail, or its id, or at least the first 8 digits of the id";

const GUARDRAIL: Kind<Guardrail> = {
  ...{ noun: "guardrail", idWord: "id", anId: "an id", list: "guardrails" },
  idOf: ({ id }) => id.toLowerCase(),
  isFullId: isUuid,
  isPrefix: (text) => /^[0-9a-f]{8}(-[0-9a-f-]{0,27})?$/i.test(text),
  idLength: 36,
};

/** By full id, name or id prefix. @throws UsageError, with the candidates if several guardrails match */
export function chooseGuardrail(guardrails: readonly Guardrail[], wanted: string): Guardrail {
  rejectKeyHash(wanted);
  return choose(guardrails, wanted, GUARDRAIL);
}

/** Before any request. @throws UsageError */
export function rejectKeyHash(wanted: string): void {
  if (isKeyHash(wanted)) throw new UsageError("that is the hash of a key; pass the name or the id of a guardrail");
}
