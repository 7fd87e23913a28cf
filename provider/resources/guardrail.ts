/**
 * Guardrails.
 *
 * Manages every setting of a guardrail in place; only changing the workspace replaces it. A guardrail enforces nothing
 * until it is assigned. Each assigned key and member has a budget of its own: it is never shared.
 *
 * Lists are sets. The API stores models under canonical names. `__models` in the state maps declared to stored names, so
 * that the two don't differ.
 *
 * Drift: a refresh detects changes made in the dashboard, and the next `up` reverts them.
 */
import { listAssignments } from "../api/assignments";
import {
  createGuardrail,
  deleteGuardrail,
  type Guardrail,
  listGuardrails,
  listGuardrailsPage,
  type NewGuardrail,
  readGuardrail,
  updateGuardrail,
} from "../api/guardrails";
import { allOf, pageByTotal } from "../api/pages";
import { isUuid } from "../ids";
import {
  adopt,
  changedImmutables,
  forbidOtherAdoption,
  forbidReplaceWhileAdopting,
  requireSameImmutables,
} from "../reconcile/adoption";
import { type EditableCollection, observe, remove } from "../reconcile/collection";
import { changedFields, converge, convergeChanges, type Settings } from "../reconcile/converge";
import { createOnce, type Draft, listPreexisting } from "../reconcile/createOnce";
import { bool, checkInputs, lowerCase, omitNullish, type Rules, singleLine, uuid } from "../reconcile/inputs";
import type { Context, Lifecycle } from "../reconcile/lifecycle";
import { clean } from "../text";
import {
  declaredInputs,
  desiredFields,
  type Fields,
  type GuardrailInputs,
  type GuardrailOutputs,
  inferNormalizations,
  liveInputs,
  MODEL_LISTS,
  NO_NORMALIZATIONS,
  type Normalizations,
  normalizationsFrom,
  OPTIONAL_RULES,
  observedFields,
  rememberedFields,
} from "./guardrailFields";
import { across } from "./guardrailRules";
import { explainUnknownModels, shortNames } from "./modelNames";

const RULES: Rules<GuardrailInputs> = {
  required: { name: singleLine(200) },
  optional: { ...OPTIONAL_RULES, enforceZdr: bool(), workspaceId: uuid(), adopt: uuid(), __defaultName: bool() },
};

export const guardrails: EditableCollection<Guardrail, Fields> = {
  name: "guardrails",
  noun: "guardrail",
  idOf: ({ id }) => id,
  read: readGuardrail,
  update(api, id, changed, { limitUsd, resetInterval }) {
    // The API requires both halves of a budget in one request.
    const budget = "limitUsd" in changed || "resetInterval" in changed ? { limitUsd, resetInterval } : {};
    return explainUnknownModels(api, modelsIn(changed), updateGuardrail(api, id, { ...changed, ...budget }));
  },
  remove: deleteGuardrail,
  readPage: async (api, workspaceId, offset) => pageByTotal(await listGuardrailsPage(api, workspaceId, offset), offset),
  list: (api, workspaceId) => allOf(listGuardrails(api, workspaceId)),
  // The order of the list is not documented.
  listNewest: (api, workspaceId) => allOf(listGuardrails(api, workspaceId)),
};

function modelsIn(fields: Partial<Fields>): string[] {
  return MODEL_LISTS.flatMap((list) => fields[list] ?? []);
}

function draftOf(context: Context, declared: GuardrailInputs): Draft<Guardrail> {
  return {
    name: declared.name,
    hasDefaultName: declared.__defaultName ?? false,
    workspaceId: lowerCase(declared.workspaceId),
    isUnusedMatch: (live) => isUnusedMatch(context, live, declared),
  };
}

async function post({ api }: Context, declared: GuardrailInputs): Promise<{ live: Guardrail }> {
  const { includeByokInBudgets, ...fields } = desiredFields(declared, NO_NORMALIZATIONS);
  const workspaceId = lowerCase(declared.workspaceId);
  const body = omitNullish({ ...fields, includeByokInBudgets: includeByokInBudgets || null, workspaceId });
  return { live: await explainUnknownModels(api, modelsIn(fields), createGuardrail(api, body as NewGuardrail)) };
}

/** Whether a guardrail has the settings of these inputs and is assigned to nothing. */
async function isUnusedMatch({ api }: Context, live: Guardrail, declared: GuardrailInputs): Promise<boolean> {
  const written = desiredFields(declared, NO_NORMALIZATIONS);
  const known = await inferNormalizations(api, written, live, written, NO_NORMALIZATIONS);
  const changed = changedFields(desiredFields(declared, known), observedFields(live, known));
  if (Object.keys(changed).length > 0) return false;
  const assigned = (["keys", "members"] as const).map((kind) => allOf(listAssignments(api, live.id, kind)));
  return (await Promise.all(assigned)).flat().length === 0;
}

function settingsOf(
  { api }: Context,
  declared: GuardrailInputs,
  known: Normalizations,
): Settings<Guardrail, Fields, GuardrailOutputs> {
  let latest = known;
  return {
    desired: () => desiredFields(declared, latest),
    async observed(live, written) {
      latest = await inferNormalizations(api, desiredFields(declared, latest), live, written, latest);
      return observedFields(live, latest);
    },
    outputs: (live) => toOutputs(live, declared, latest),
  };
}

function toOutputs(live: Guardrail, declared: Partial<GuardrailInputs>, known: Normalizations): GuardrailOutputs {
  const { workspaceId, createdAt } = live;
  const shown = new Set(modelsIn(live));
  const models = Object.entries(known.models).filter(([name, stored]) => shown.has(stored) || shown.has(name));
  const isSameWorkspace = workspaceId === lowerCase(declared.workspaceId);
  return {
    ...liveInputs(observedFields(live, known), declared, known),
    ...(workspaceId !== null && declared.workspaceId !== undefined
      ? { workspaceId: isSameWorkspace ? declared.workspaceId : workspaceId }
      : {}),
    ...omitNullish({ adopt: declared.adopt, __defaultName: declared.__defaultName }),
    createdAt: createdAt ?? "",
    ...(models.length > 0 ? { __models: Object.fromEntries(models) } : {}),
    ...(known.falseWhenUnset.length > 0 ? { __falseWhenUnset: [...known.falseWhenUnset] } : {}),
  };
}

async function adoptGuardrail(context: Context, id: string, declared: GuardrailInputs) {
  const live = await adopt(context, guardrails, id);
  const [wanted, present] = [workspaceOf(declared), workspaceOf(live)];
  const differing = changedImmutables(wanted, present, CHOSEN_BY_SERVER);
  requireSameImmutables(context.api.operation, differing, wanted, present);
  return converge(context, guardrails, settingsOf(context, declared, NO_NORMALIZATIONS), live);
}

/** The only immutable setting. */
const workspaceOf = ({ workspaceId }: { workspaceId?: string | null | undefined }) => ({
  workspaceId: lowerCase(workspaceId ?? undefined),
});
const CHOSEN_BY_SERVER = ["workspaceId"];

export const guardrail: Lifecycle<GuardrailInputs, GuardrailOutputs> = {
  title: "guardrail",
  secretOutputs: [],
  computedOutputs: ["createdAt", "workspaceId"],
  hasDefaultName: true,

  claims: (id, { adopt }) => (lowerCase(adopt) === id ? [id] : []),
  nameOf: ({ name }) => name ?? "",
  isId: isUuid,
  idForm: "the UUID of the guardrail",

  check: (news, olds) => checkInputs(RULES, news, olds, across),

  diff(olds, news) {
    const replaces = changedImmutables(workspaceOf(news), workspaceOf(olds), CHOSEN_BY_SERVER);
    const known = normalizationsFrom(olds);
    const changed = changedFields(desiredFields(news, known), rememberedFields(olds, known));
    return { changed: Object.keys(changed).length > 0 || replaces.length > 0, replaces };
  },

  forbid({ id, news, replaces }) {
    const object = `guardrail "${clean(news.name)}"`;
    forbidOtherAdoption(object, id, lowerCase(news.adopt));
    if (news.adopt !== undefined) forbidReplaceWhileAdopting(object, replaces, news);
  },

  async prepareCreate(context, declared) {
    if (!declared.adopt) await listPreexisting(context, guardrails, lowerCase(declared.workspaceId));
  },

  async create(context, declared) {
    if (declared.adopt) return adoptGuardrail(context, lowerCase(declared.adopt), declared);
    const { live } = await createOnce(context, guardrails, draftOf(context, declared), () => post(context, declared));
    const settings = settingsOf(context, declared, NO_NORMALIZATIONS);
    return converge(context, guardrails, settings, live, settings.desired());
  },

  async read(context, id, olds) {
    const live = await observe(context, guardrails, id, olds);
    if (!live) return undefined;
    const known = context.isImport
      ? { ...NO_NORMALIZATIONS, models: await shortNames(context.api, modelsIn(live)) }
      : normalizationsFrom(olds ?? {});
    const outputs = toOutputs(live, olds ? declaredInputs(olds) : {}, known);
    const inputs = declaredInputs(outputs);
    if (!context.isImport) return { outputs, inputs };
    // The program may declare the workspace. It must if it is not the default one.
    const workspace = live.workspaceId === null ? {} : { workspaceId: live.workspaceId };
    const isDefault = live.workspaceId === context.account.workspace;
    return { outputs: { ...outputs, ...workspace }, inputs: { ...inputs, ...(isDefault ? {} : workspace) } };
  },

  update(context, id, olds, news) {
    const known = normalizationsFrom(olds);
    const remembered = rememberedFields(olds, known);
    return convergeChanges(context, guardrails, settingsOf(context, news, known), id, olds, remembered);
  },

  delete: (context, id) => remove(context, guardrails, { id }),
};
