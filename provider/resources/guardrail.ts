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
import type { Api } from "../api/client";
import type { Guardrail, NewGuardrail } from "../api/guardrails";
import {
  createGuardrail,
  deleteGuardrail,
  listGuardrails,
  listGuardrailsFrom,
  readGuardrail,
  updateGuardrail,
} from "../api/guardrails";
import { allOf, pageByTotal } from "../api/pages";
import { clean } from "../text";
import { adopt, forbidOtherAdoption, forbidReplaceWhileAdopting, refuseToReplaceAdopted, replacedBy } from "./adoption";
import { type Convergence, changedFields, converge } from "./converge";
import { type Age, untilFound, untilVisible } from "./fresh";
import {
  declaredInputs,
  desiredFields,
  type Fields,
  type Forms,
  formsIn,
  type GuardrailInputs,
  type GuardrailOutputs,
  learn,
  liveInputs,
  MODEL_LISTS,
  NOTHING_LEARNT,
  observedFields,
  rememberedFields,
  withWholeBudget,
} from "./guardrailFields";
import { across, builtinFilters, contentFilters, region } from "./guardrailRules";
import {
  checkInputs,
  line,
  lowerCase,
  oneOf,
  paragraph,
  type Rules,
  setOf,
  usd,
  uuid,
  withoutNone,
  yesOrNo,
} from "./inputs";
import { type Context, type Lifecycle, type Session, unlessGone } from "./lifecycle";
import { type Collection, type Made, makeOnce, readBefore } from "./making";
import { namingUnknownModels } from "./modelNames";
import { objectsById, type SharedReads, sharedReads } from "./sharedReads";

const RULES: Rules<GuardrailInputs> = {
  required: { name: line(200) },
  optional: {
    description: paragraph(1000),
    limitUsd: usd(),
    resetInterval: oneOf("daily", "weekly", "monthly"),
    allowedModels: setOf(line(200), "must not be empty; omit it to allow all models"),
    ignoredModels: setOf(line(200), "must not be empty; omit it to ignore no model"),
    allowedProviders: setOf(line(200), "must not be empty; omit it to allow all providers"),
    ignoredProviders: setOf(line(200), "must not be empty; omit it to ignore no provider"),
    allowedDataRegions: setOf(region(), "must not be empty; omit it to allow all regions"),
    contentFilterBuiltins: builtinFilters(),
    contentFilters: contentFilters(),
    enforceZdr: yesOrNo(),
    enforceZdrAnthropic: yesOrNo(),
    enforceZdrOpenai: yesOrNo(),
    enforceZdrGoogle: yesOrNo(),
    enforceZdrXai: yesOrNo(),
    enforceZdrOther: yesOrNo(),
    allowSafetyRetentionGoogle: yesOrNo(),
    allowSafetyRetentionOther: yesOrNo(),
    enableFreeModelPublication: yesOrNo(),
    enableFreeModelTraining: yesOrNo(),
    enablePaidModelTraining: yesOrNo(),
    includeByokInBudgets: yesOrNo(),
    workspaceId: uuid(),
    adopt: uuid(),
    __defaultName: yesOrNo(),
  },
};

const CHOSEN_BY_SERVER = ["workspaceId"];

function toOutputs(guardrail: Guardrail, declared: Partial<GuardrailInputs>, forms: Forms): GuardrailOutputs {
  const { workspaceId, createdAt } = guardrail;
  const shown = new Set(MODEL_LISTS.flatMap((list) => guardrail[list] ?? []));
  const models = Object.entries(forms.models).filter(([name, stored]) => shown.has(stored) || shown.has(name));
  const isSameWorkspace = workspaceId === lowerCase(declared.workspaceId);
  return {
    ...liveInputs(observedFields(guardrail, forms), declared, forms),
    ...(workspaceId !== null && declared.workspaceId !== undefined
      ? { workspaceId: isSameWorkspace ? declared.workspaceId : workspaceId }
      : {}),
    ...withoutNone({ adopt: declared.adopt, __defaultName: declared.__defaultName }),
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

function makeGuardrail(context: Context, declared: GuardrailInputs): Promise<Made<Guardrail>> {
  const { api } = context;
  const { includeByokInBudgets, ...fields } = desiredFields(declared, NOTHING_LEARNT);
  const collection = collectionOf(api, declared);
  const { workspaceId } = collection;
  const body = withoutNone({ ...fields, includeByokInBudgets: includeByokInBudgets || null, workspaceId });
  const names = MODEL_LISTS.flatMap((list) => declared[list] ?? []);
  return makeOnce<Guardrail, Guardrail>(context, {
    ...collection,
    name: declared.name,
    nameIsDefault: declared.__defaultName ?? false,
    post: () => namingUnknownModels(api, names, createGuardrail(api, body as NewGuardrail)),
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
    readPage: async (api, offset) => pageByTotal(await listGuardrailsFrom(api, workspaceId, offset), offset),
  });
  return sharedReads(session, `guardrails of ${workspaceId}`, source);
}

/** What a guardrail of these inputs looks like that was made and never assigned. */
async function isUnusedTwin(context: Context, live: Guardrail, declared: GuardrailInputs): Promise<boolean> {
  const desired = desiredFields(declared, NOTHING_LEARNT);
  const forms = await learn(context, desired, { live, written: desired }, NOTHING_LEARNT);
  const changed = changedFields(desiredFields(declared, forms), observedFields(live, forms));
  if (Object.keys(changed).length > 0) return false;
  const assigned = (["keys", "members"] as const).map((kind) => allOf(listAssignments(context.api, live.id, kind)));
  return (await Promise.all(assigned)).flat().length === 0;
}

async function adoptGuardrail(context: Context, id: string, declared: GuardrailInputs): Promise<Guardrail> {
  const live = await adopt(context, id, () => readGuardrail(context.api, id));
  const wanted = { workspaceId: lowerCase(declared.workspaceId) };
  const present = { workspaceId: live.workspaceId ?? undefined };
  const differing = replacedBy(wanted, present, CHOSEN_BY_SERVER);
  refuseToReplaceAdopted(context.api.operation, differing, wanted, present);
  return live;
}

async function convergeGuardrail(
  context: Context,
  { id, createdAt }: Age,
  declared: GuardrailInputs,
  known: Forms,
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
        namingUnknownModels(api, names, updateGuardrail(api, id, withWholeBudget(changed, declared))),
      ),
    read: () => untilVisible(context, { id, createdAt }, () => readGuardrail(api, id)),
    fieldsOf: async (shown) => {
      forms = await learn(context, desiredFields(declared, forms), shown, forms);
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
    const replaces = replacedBy(workspaces[0] ?? {}, workspaces[1] ?? {}, CHOSEN_BY_SERVER);
    const forms = formsIn(olds);
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
      return { id: live.id, outputs: await convergeGuardrail(context, live, declared, NOTHING_LEARNT, start) };
    }
    const { live, settleLate } = await makeGuardrail(context, declared);
    const start = { from: { live, written: desiredFields(declared, NOTHING_LEARNT) }, begin: settleLate };
    return { id: live.id, outputs: await convergeGuardrail(context, live, declared, NOTHING_LEARNT, start) };
  },

  async read(context, id, olds) {
    const { api, session } = context;
    const live = await untilFound(context, { id }, () =>
      olds ? guardrailsOf(session, olds.workspaceId).read(api, id) : unlessGone(readGuardrail(api, id)),
    );
    if (!live) return undefined;
    const outputs = toOutputs(live, olds ? declaredInputs(olds) : {}, formsIn(olds ?? {}));
    return { outputs, inputs: declaredInputs(outputs) };
  },

  async update(context, id, olds, news) {
    const forms = formsIn(olds);
    const from = { remembered: rememberedFields(olds, forms), outputs: olds, unfinished: context.unfinished };
    return convergeGuardrail(context, { id }, news, forms, { from });
  },

  delete: (context, id) => untilVisible(context, { id }, () => deleteGuardrail(context.api, id)),
};
