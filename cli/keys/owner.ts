/** The stack that manages a key, as far as a state shows it. Pure. */
import { parseUrn } from "../../formats/urn";
import type { StackState } from "../shared/state";

/** `read only`: the stack reads the key with `get`. */
export type Owner = { stack: string } & ({ is: "manager"; resource: string } | { is: "read only" | "not in it" });

export function ownerOf(hash: string, { objects, stack, source }: StackState): Owner {
  const found = objects.filter(({ kind, id }) => kind === "key" && id === hash);
  const manager = found.find(({ external }) => !external);
  if (manager) return { stack: manager.stack, is: "manager", resource: parseUrn(manager.urn).name };
  return { stack: stack ?? source, is: found.length > 0 ? "read only" : "not in it" };
}
