/** Short, unique names of guardrails for tables. Pure. */
import type { Guardrail } from "../../provider/api/guardrails";
import { printable } from "./output";

/** Names by id: the last part (`strict` of `shop/prod/strict`) if it is unique, or else the full name, or else with the id. */
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

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
