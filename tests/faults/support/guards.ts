/** Checks that no key is without its guardrail during a run, where the provider guarantees it. */
import type { Simulator } from "../../../testing/simulator/index";
import type { Declaration, InProcessStack, Managed } from "./inProcessStack";

/** The guardrail of each key that has one. */
function guardrailsOf({ account }: Simulator): Map<string, string> {
  const guardrails = new Set(account.guardrails.map(({ id }) => id));
  const keys = new Set(account.keys.map(({ hash }) => hash));
  const rows = account.keyAssignments.filter((row) => guardrails.has(row.guardrail_id) && keys.has(row.key_hash));
  return new Map(rows.map((row) => [row.key_hash, row.guardrail_id]));
}

const lists = ({ kind, outputs }: Managed, hash: string) =>
  kind === "GuardrailAssignments"
    ? ((outputs.keyHashes ?? []) as string[]).includes(hash)
    : kind === "GuardrailKeyAssignment" && outputs.keyHash === hash;

const isOn = ({ kind, outputs }: Managed, guardrail: string) =>
  kind !== "Guardrail" && outputs.guardrailId === guardrail;

/** Watches until the returned function is called, which lists the problems. */
export function watchGuards(simulator: Simulator, stack: InProcessStack): (declaration: Declaration) => string[] {
  const before = guardrailsOf(simulator);
  const olds = structuredClone(stack.state).filter(({ replaced }) => !replaced);
  const unguarded = new Set<string>();
  const { onRequest } = simulator;
  simulator.onRequest = async (point, request) => {
    const now = guardrailsOf(simulator);
    const existing = new Set(simulator.account.keys.map(({ hash }) => hash));
    for (const hash of before.keys()) if (existing.has(hash) && !now.has(hash)) unguarded.add(hash);
    await onRequest?.(point, request);
  };
  return (declaration) => {
    simulator.onRequest = onRequest;
    const after = guardrailsOf(simulator);
    const existing = new Set(simulator.account.keys.map(({ hash }) => hash));
    const order = Object.keys(declaration);
    const news = stack.state.filter(({ replaced }) => !replaced);

    /** The gaining resource precedes the losing one in the program, or the losing one is deleted. */
    const mustStayGuarded = (hash: string) => {
      const gaining = news.find((each) => each.name in declaration && lists(each, hash));
      if (!gaining || !after.has(hash)) return false;
      const guardrail = before.get(hash) ?? "";
      const losing = [...olds, ...news].filter((each) => isOn(each, guardrail) && each.name !== gaining.name);
      return losing.every(({ name }) => order.indexOf(name) < 0 || order.indexOf(gaining.name) < order.indexOf(name));
    };
    /** The key is deleted, and a set that stays on its guardrail has listed it as a key of this stack. */
    const mustStayGuardedUntilDeleted = (hash: string) =>
      olds.some(({ kind, id }) => kind === "InferenceKey" && id === hash) &&
      olds.some((old) => {
        const stays = news.some(({ name, id }) => name === old.name && id === old.id);
        const isForeign = ((old.outputs.__foreign ?? []) as string[]).includes(hash);
        return (
          old.kind === "GuardrailAssignments" &&
          lists(old, hash) &&
          stays &&
          !isForeign &&
          isOn(old, before.get(hash) ?? "")
        );
      });
    return [...unguarded]
      .filter((hash) => (existing.has(hash) ? mustStayGuarded(hash) : mustStayGuardedUntilDeleted(hash)))
      .map((hash) => `${olds.find(({ id }) => id === hash)?.name ?? hash} was temporarily without its guardrail`);
  };
}
