/** What guardrails are called in a table. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import { printable } from "./output";

/**
 * Names by id. The last part of a default name (`strict` of `shop/prod/strict`) is enough where no other guardrail ends
 * with it, the full name where no other has it; otherwise the id is added.
 */
export function guardrailNames(guardrails: readonly Pick<Guardrail, "id" | "name">[]): (id: string) => string {
  const full = new Map(guardrails.map(({ id, name }) => [id, printable(name)]));
  const sharing = countEach([...full.values()]);
  const ending = countEach([...full.values()].map(lastPart));
  return (id) => {
    const name = full.get(id) ?? id;
    if (ending.get(lastPart(name)) === 1) return lastPart(name);
    return sharing.get(name) === 1 ? name : `${name} (${id.slice(0, 8)})`;
  };
}

function lastPart(name: string): string {
  return name.split("/").at(-1) || name;
}

function countEach(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
