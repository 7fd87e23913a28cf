/**
 * Guardrails.
 *
 * Manages every setting of a guardrail, in place; only another workspace needs a new one. A guardrail enforces nothing
 * until it is assigned, and its budget counts per assigned key and per assigned member: it is never shared.
 *
 * Lists are sets. The API stores models under their canonical names, so `__models` in the state remembers which
 * declared name became which stored name, and neither makes a diff.
 *
 * Drift: `read` sees what the dashboard changed, and the next `up` reverts it.
 */
import { listAssignments } from "../api/assignments";
import type { Api } from "../api/call";
import type { Guardrail, NewGuardrail } from "../api/guardrails";
import {
  createGuardrail,
  deleteGuardrail,
  listGuardrails,
  listGuardrailsPage,
  readGuardrail,
  updateGuardrail,
} from "../api/guardrails";
import { allOf, pageByTotal } from "../api/pages";
import {
  adopt,
  changedImmutables,
  forbidOtherAdoption,
  forbidReplaceWhileAdopting,
  requireSameImmutables,
} from "../reconcile/adoption";
import { type Convergence, changedFields, converge } from "../reconcile/converge";
import { type Collection, type CreateResult, createOnce, readBefore } from "../reconcile/createOnce";
import { type Age, untilFound, untilVisible } from "../reconcile/fresh";
import {
  bool,
  checkInputs,
  lowerCase,
  multiLine,
  omitNullish,
  oneOf,
  type Rules,
  setOf,
  singleLine,
  usd,
  uuid,
} from "../reconcile/inputs";
import { type Context, ignoreNotFound, type Lifecycle, type Session } from "../reconcile/lifecycle";
import { objectsById, type SharedReads, sharedReads } from "../reconcile/sharedReads";
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
  observedFields,
  rememberedFields,
  withWholeBudget,
} from "./guardrailFields";
import { across, builtinFilters, contentFilters, region } from "./guardrailRules";
import { explainUnknownModels } from "./modelNames";

const RULES: Rules<GuardrailInputs> = {
  required: { name: singleLine(200) },
  optional: {
    description: multiLine(1000),
    limitUsd: usd(),
    resetInterval: oneOf("daily", "weekly", "monthly"),
    allowedModels: setOf(singleLine(200), "must not be empty; omit it to allow all models"),
    ignoredModels: setOf(singleLine(200), "must not be empty; omit it to ignore no model"),
    allowedProviders: setOf(singleLine(200), "must not be empty; omit it to allow all providers"),
    ignoredProviders: setOf(singleLine(200), "must not be empty; omit it to ignore no provider"),
    allowedDataRegions: setOf(region(), "must not be empty; omit it to allow all regions"),
    contentFilterBuiltins: builtinFilters(),
    contentFilters: contentFilters(),
    enforceZdr: bool(),
    enforceZdrAnthropic: bool(),
    enforceZdrOpenai: bool(),
    enforceZdrGoogle: bool(),
    enforceZdrXai: bool(),
    enforceZdrOther: bool(),
    allowSafetyRetentionGoogle: bool(),
    allowSafetyRetentionOther: bool(),
    enableFreeModelPublication: bool(),
    enableFreeModelTraining: bool(),
    enablePaidModelTraining: bool(),
    includeByokInBudgets: bool(),
    workspaceId: uuid(),
    adopt: uuid(),
    __defaultName: bool(),
  },
};

const CHOSEN_BY_SERVER = ["workspaceId"];

function toOutputs(guardrail: Guardrail, declared: Partial<GuardrailInputs>, forms: Normalizations): GuardrailOutputs {
  const { workspaceId, createdAt } = guardrail;
  const shown = new Set(MODEL_LISTS.flatMap((list) => guardrail[list] ?? []));
  const models = Object.entries(forms.models).filter(([name, stored]) => shown.has(stored) || shown.has(name));
  const isSameWorkspace = workspaceId === lowerCase(declared.workspaceId);
  return {
    ...liveInputs(observedFields(guardrail, forms), declared, forms),
    ...(workspaceId !== null && declared.workspaceId !== undefined
      ? { workspaceId: isSameWorkspace ? declared.workspaceId : workspaceId }
      : {}),
    ...omitNullish({ adopt: declared.adopt, __defaultName: declared.__defaultName }),
    createdAt: createdAt ?? "",
    ...(models.length > 0 ? { __models: Object.fromEntries(models) } : {}),
    ...(forms.falseForNone.length > 0 ? { __falseForNone: forms.falseForNone } : {}),
  };
}

function collectionOf(api: Api, declared: GuardrailInputs): Collection<Guardrail> {
  const workspaceId = lowerCase(declared.workspaceId);
  const list = () => allOf(listGuardrails(api, workspaceId));
  return { collection: "guardrails", workspaceId, newest: list, list };
}

function createGuardrailOnce(context: Context, declared: GuardrailInputs): Promise<CreateResult<Guardrail>> {
  const { api } = context;
  const { includeByokInBudgets, ...fields } = desiredFields(declared, NO_NORMALIZATIONS);
  const collection = collectionOf(api, declared);
  const { workspaceId } = collection;
  const body = omitNullish({ ...fields, includeByokInBudgets: includeByokInBudgets || null, workspaceId });
  const names = MODEL_LISTS.flatMap((list) => declared[list] ?? []);
  return createOnce<Guardrail, Guardrail>(context, {
    ...collection,
    name: declared.name,
    nameIsDefault: declared.__defaultName ?? false,
    post: () => explainUnknownModels(api, names, createGuardrail(api, body as NewGuardrail)),
    idOf: ({ id }) => id,
    idIn: ({ id }) => id,
    namesakesIn: (guardrails) =>
      Promise.all(
        guardrails
          .filter(({ name }) => name === declared.name)
          .map(async (live) => ({
            id: live.id,
            createdAt: live.createdAt,
            asDeclared: await isUnusedTwin(context, live, declared),
          })),
      ),
    remove: (id) => deleteGuardrail(api, id),
  });
}

/** The guardrails of a workspace, for all that read one of them. */
function guardrailsOf(session: Session, workspaceId: string | undefined): SharedReads<Guardrail> {
  const source = objectsById<Guardrail>({
    idOf: ({ id }) => id,
    readOne: readGuardrail,
    readPage: async (api, offset) => pageByTotal(await listGuardrailsPage(api, workspaceId, offset), offset),
  });
  return sharedReads(session, `guardrails of ${workspaceId}`, source);
}

/** What a guardrail of these inputs looks like that was made and never assigned. */
async function isUnusedTwin(context: Context, live: Guardrail, declared: GuardrailInputs): Promise<boolean> {
  const desired = desiredFields(declared, NO_NORMALIZATIONS);
  const forms = await inferNormalizations(context, desired, { live, written: desired }, NO_NORMALIZATIONS);
  const changed = changedFields(desiredFields(declared, forms), observedFields(live, forms));
  if (Object.keys(changed).length > 0) return false;
  const assigned = (["keys", "members"] as const).map((kind) => allOf(listAssignments(context.api, live.id, kind)));
  return (await Promise.all(assigned)).flat().length === 0;
}

async function adoptGuardrail(context: Context, id: string, declared: GuardrailInputs): Promise<Guardrail> {
  const live = await adopt(context, id, () => readGuardrail(context.api, id));
  const wanted = { workspaceId: lowerCase(declared.workspaceId) };
  const present = { workspaceId: live.workspaceId ?? undefined };
  const differing = changedImmutables(wanted, present, CHOSEN_BY_SERVER);
  requireSameImmutables(context.api.operation, differing, wanted, present);
  return live;
}

async function convergeGuardrail(
  context: Context,
  { id, createdAt }: Age,
  declared: GuardrailInputs,
  known: Normalizations,
  start: Pick<Convergence<Fields, Guardrail>, "from" | "begin">,
): Promise<GuardrailOutputs> {
  const { api } = context;
  const names = MODEL_LISTS.flatMap((list) => declared[list] ?? []);
  let forms = known;
  const live = await converge<Fields, Guardrail>({
    operation: api.operation,
    id,
    desired: () => desiredFields(declared, forms),
    ...start,
    write: (changed) =>
      untilVisible(context, { id, createdAt }, () =>
        explainUnknownModels(api, names, updateGuardrail(api, id, withWholeBudget(changed, declared))),
      ),
    read: () => untilVisible(context, { id, createdAt }, () => readGuardrail(api, id)),
    fieldsOf: async (shown) => {
      forms = await inferNormalizations(context, desiredFields(declared, forms), shown, forms);
      return observedFields(shown.live, forms);
    },
    outputsOf: (latest) => toOutputs(latest, declared, forms),
  });
  return toOutputs(live, declared, forms);
}

export const guardrail: Lifecycle<GuardrailInputs, GuardrailOutputs> = {
  title: "guardrail",
  secretOutputs: [],

  claims: (id, { adopt }) => (lowerCase(adopt) === id ? [id] : []),
  nameOf: ({ name }) => name ?? "",
  isId: (id) => uuid().safeParse(id).success,

  check: (news, olds) => checkInputs(RULES, news, olds, across),

  diff(olds, news) {
    const workspaces = [news, olds].map(({ workspaceId }) => ({ workspaceId: lowerCase(workspaceId) }));
    const replaces = changedImmutables(workspaces[0] ?? {}, workspaces[1] ?? {}, CHOSEN_BY_SERVER);
    const forms = normalizationsFrom(olds);
    const changed = changedFields(desiredFields(news, forms), rememberedFields(olds, forms));
    return { changed: Object.keys(changed).length > 0 || replaces.length > 0, replaces };
  },

  forbid({ id, news, replaces }) {
    const object = `guardrail "${clean(news.name)}"`;
    forbidOtherAdoption(object, id, lowerCase(news.adopt));
    if (news.adopt !== undefined) forbidReplaceWhileAdopting(object, replaces, news);
  },

  async prepareCreate(context, declared) {
    if (!declared.adopt) await readBefore(context, collectionOf(context.api, declared));
  },

  async create(context, declared) {
    if (declared.adopt) {
      const live = await adoptGuardrail(context, lowerCase(declared.adopt), declared);
      const start = { from: { live, written: {} } };
      return { id: live.id, outputs: await convergeGuardrail(context, live, declared, NO_NORMALIZATIONS, start) };
    }
    const { live, settleLate } = await createGuardrailOnce(context, declared);
    const start = { from: { live, written: desiredFields(declared, NO_NORMALIZATIONS) }, begin: settleLate };
    return { id: live.id, outputs: await convergeGuardrail(context, live, declared, NO_NORMALIZATIONS, start) };
  },

  async read(context, id, olds) {
    const { api, session } = context;
    const live = await untilFound(context, { id }, () =>
      olds ? guardrailsOf(session, olds.workspaceId).read(api, id) : ignoreNotFound(readGuardrail(api, id)),
    );
    if (!live) return undefined;
    const outputs = toOutputs(live, olds ? declaredInputs(olds) : {}, normalizationsFrom(olds ?? {}));
    return { outputs, inputs: declaredInputs(outputs) };
  },

  async update(context, id, olds, news) {
    const forms = normalizationsFrom(olds);
    const from = { remembered: rememberedFields(olds, forms), outputs: olds, unfinished: context.unfinished };
    return convergeGuardrail(context, { id }, news, forms, { from });
  },

  delete: (context, id) => untilVisible(context, { id }, () => deleteGuardrail(context.api, id)),
};
