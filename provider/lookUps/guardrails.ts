import * as z from "zod";
import { type Guardrail, listGuardrails, readGuardrail } from "../api/guardrails";
import { ignoreNotFound } from "../reconcile/lifecycle";
import { type Account, chosen, inWorkspaces, lookUpOf, only, text } from "./lookUp";

const uuid = z.guid("must be a UUID");

export const getGuardrail = lookUpOf({
  args: { name: text.optional(), id: uuid.optional() },
  async run(account, { name, id }) {
    const choice = chosen("a guardrail", { name, id });
    const found = id === undefined ? await byName(account, choice.value) : await byId(account, id);
    return guardrailOf(only(choice, found, (guardrail) => guardrail.id));
  },
});

export const getGuardrails = lookUpOf({
  args: { workspaceId: uuid.optional() },
  run: async (account, { workspaceId }) => ({
    guardrails: (await guardrailsIn(account, workspaceId)).map(guardrailOf),
  }),
});

async function byId(account: Account, id: string): Promise<Guardrail[]> {
  const guardrail = await ignoreNotFound(readGuardrail(account.read(`guardrail ${id}`), id));
  return guardrail ? [guardrail] : [];
}

async function byName(account: Account, name: string): Promise<Guardrail[]> {
  return (await guardrailsIn(account)).filter((guardrail) => guardrail.name === name);
}

function guardrailsIn(account: Account, workspaceId?: string): Promise<Guardrail[]> {
  return inWorkspaces(account, "guardrails", workspaceId, listGuardrails);
}

/** Without filters and data policies. */
function guardrailOf({ id, name, description, limitUsd, resetInterval, ...guardrail }: Guardrail): object {
  const { allowedModels, allowedProviders, workspaceId, createdAt } = guardrail;
  return { id, name, description, limitUsd, resetInterval, allowedModels, allowedProviders, workspaceId, createdAt };
}
