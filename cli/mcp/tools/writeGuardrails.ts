/** Tools that create, change and delete guardrails in no stack. */
import { z } from "zod";
import {
  createGuardrail,
  deleteGuardrail,
  type Guardrail,
  type GuardrailChange,
  updateGuardrail,
} from "../../../provider/api/guardrails";
import { RequestError } from "../../../provider/errors";
import { notApplied } from "../../../provider/reconcile/converge";
import { omitNullish } from "../../../provider/reconcile/inputs";
import { guardrail as rules } from "../../../provider/resources/guardrail";
import { isWorkspaceDefault, readAllGuardrails } from "../../shared/inventory";
import { guardrailObject, readAssignees, readExistingGuardrail } from "../../shared/oneObject";
import { UsageError } from "../../shared/terminal";
import type { Session } from "../session";
import { guardrailSwitches } from "../shapes";
import type { Tool } from "../tool";
import { guardrailId, interval, name, requireValid, usd } from "../writes/inputs";
import type { DefineWrite, Plan } from "../writes/write";
import { definedOf } from "./keys";

const names = z.array(z.string().min(1).max(200)).min(1).max(500).nullable();

const settings = z
  .object({
    description: z.string().max(1000).nullable(),
    limitUsd: usd.nullable().describe("USD for each assigned key and member, with resetInterval"),
    resetInterval: interval.nullable(),
    allowedModels: names.describe("null: all"),
    ignoredModels: names,
    allowedProviders: names.describe("null: all"),
    ignoredProviders: names,
    allowedDataRegions: names,
    contentFilterBuiltins: z
      .array(z.object({ slug: z.string(), action: z.string(), scanScope: z.string().optional() }))
      .nullable(),
    contentFilters: z
      .array(z.object({ pattern: z.string(), action: z.string(), label: z.string().optional() }))
      .nullable(),
    ...guardrailSwitches,
  })
  .partial();

const newGuardrail = settings.extend({ name, workspaceId: z.uuid().toLowerCase().optional() });

export function writeGuardrailTools(session: Session, define: DefineWrite): Tool[] {
  const { account } = session;
  return [
    define({
      name: "create_guardrail",
      title: "Create a guardrail",
      description: "Creates a guardrail. It applies to nothing until it is assigned.",
      input: newGuardrail,
      plan: async (args): Promise<Plan> => {
        const { name, workspaceId, ...given } = args;
        requireValid(rules.check(omitNullish({ ...args }), {}));
        const sameName = await idsNamed(session, name);
        return {
          targets: { names: [name] },
          observed: { sameName },
          before: null,
          after: args,
          warnings: sameName.length > 0 ? [`${sameName.length} guardrails of the account have this name already`] : [],
          apply: async () => {
            const body = { name, ...omitNullish(changeOf(given)), ...(workspaceId !== undefined && { workspaceId }) };
            const api = account().start("create", "the guardrail");
            return { ...(await createGuardrail(api, body).catch(explain)) };
          },
        };
      },
    }),
    define({
      name: "update_guardrail",
      title: "Change a guardrail",
      description: "Changes settings of one guardrail, for all its keys and members at once. Omitted settings stay.",
      input: settings.extend({ id: guardrailId, name: name.optional() }),
      plan: async ({ id, ...given }): Promise<Plan> => {
        const change = changeOf(given);
        if (Object.keys(change).length === 0) throw new UsageError("nothing to change: pass at least one setting");
        const before = await readExistingGuardrail(account(), id);
        const after = { ...before, ...change };
        const { id: _, createdAt, workspaceId, ...live } = before;
        requireValid(rules.check(omitNullish({ ...live, ...change }), omitNullish(live)));
        const assigned = await readAssignees(account(), before);
        return {
          targets: { guardrails: [id], names: change.name === undefined ? [] : [change.name] },
          observed: { before, assigned },
          ...{ before, after },
          warnings: [`it applies to ${assigned.keys.length} keys and ${assigned.members.length} members`],
          apply: async () => {
            const api = account().start("update", guardrailObject(id));
            const written = await updateGuardrail(api, id, withWholeBudget(change, after));
            requireApplied(api.operation, written, change);
            return written;
          },
        };
      },
    }),
    define({
      name: "delete_guardrail",
      title: "Delete a guardrail",
      description: "Deletes one guardrail. It stops applying to its keys and members at once.",
      input: z.object({ id: guardrailId }),
      isDestructive: true,
      plan: async ({ id }): Promise<Plan> => {
        const before = await readExistingGuardrail(account(), id);
        if (isWorkspaceDefault(before)) {
          throw new UsageError(
            "nothing was changed: this is the default guardrail of a workspace; it can't be deleted",
          );
        }
        const assigned = await readAssignees(account(), before);
        return {
          targets: { guardrails: [id] },
          observed: { before, assigned },
          before: { ...before, assigned },
          after: null,
          warnings: [`${assigned.keys.length} keys and ${assigned.members.length} members lose it`],
          apply: async () => {
            await deleteGuardrail(account().start("delete", guardrailObject(id)), id);
            return { id, deleted: true };
          },
        };
      },
    }),
  ];
}

async function idsNamed({ account }: Session, wanted: string): Promise<string[]> {
  const { guardrails } = await readAllGuardrails(account());
  return guardrails.flatMap(({ name, id }) => (name === wanted ? [id] : [])).sort();
}

function changeOf(given: z.output<typeof settings> & { name?: string | undefined }): GuardrailChange {
  return definedOf(given) as GuardrailChange;
}

/** The API takes limit and reset only together. */
function withWholeBudget(change: GuardrailChange, { limitUsd, resetInterval }: GuardrailChange): GuardrailChange {
  if (change.limitUsd === undefined && change.resetInterval === undefined) return change;
  return { ...change, limitUsd: limitUsd ?? null, resetInterval: resetInterval ?? null };
}

/** Not the lists: the API stores models under other names. */
function requireApplied(operation: string, live: Guardrail, change: GuardrailChange): void {
  const differing = Object.entries(change).filter(([field, value]) => {
    return !Array.isArray(value) && value !== null && live[field as keyof Guardrail] !== value;
  });
  const names = differing.map(([field]) => field);
  if (names.length > 0) throw notApplied(operation, names);
}

function explain(error: unknown): never {
  if (!(error instanceof RequestError) || error.outcome !== "unknown") throw error;
  throw new UsageError(
    `${error.message} The guardrail may exist: look for it with list_guardrails before you try again`,
  );
}
