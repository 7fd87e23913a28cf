/**
 * Guardrails.
 *
 * Manages every setting of a guardrail, in place; only another workspace needs a new one. A guardrail enforces nothing
 * until it is assigned, and its budget counts per assigned key and per assigned member: it is never shared.
 *
 * Lists are sets. The API stores models under their canonical names, so `__models` in the state remembers which
 * spelling of the program became which name, and neither makes a diff.
 *
 * Drift: whatever the dashboard changes is seen by `read` and taken back by the next `up`.
 */
import { z } from "zod";
import { listAssignments } from "../api/assignments";
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
import { adopt, refuseToReplaceAdopted, refuseToReplaceWhileAdopting, replacedBy } from "./adoption";
import { type Convergence, changedFields, converge } from "./converge";
import {
  asInputs,
  desiredFields,
  type Fields,
  type Forms,
  formsIn,
  type GuardrailInputs,
  type GuardrailOutputs,
  learn,
  MODEL_LISTS,
  NOTHING_LEARNT,
  observedFields,
  plainBuiltin,
  plainFilter,
  someOrNone,
  VENDOR_SWITCHES,
  withWholeBudget,
} from "./guardrailFields";
import {
  checkInputs,
  isUnknown,
  known,
  line,
  oneOf,
  optional,
  paragraph,
  type Rules,
  setOf,
  usd,
  uuid,
  withoutNone,
  yesOrNo,
} from "./inputs";
import { type Context, type Lifecycle, type Session, unlessGone } from "./lifecycle";
import { type Made, makeOnce } from "./making";
import { namingUnknownModels } from "./modelNames";
import { objectsById, type SharedReads, sharedReads } from "./sharedReads";

const builtinFilter = z
  .strictObject({
    slug: known(line(100)),
    action: known(oneOf("block", "redact", "flag")),
    scanScope: optional(oneOf("user_only", "all_messages")),
  })
  .transform(plainBuiltin);

const contentFilter = z
  .strictObject({
    pattern: known(z.string("must be a text").refine(isRegularExpression, "must be a JavaScript regular expression")),
    action: known(oneOf("block", "redact", "flag")),
    label: optional(line(100)),
  })
  .transform(plainFilter);

const RULES: Rules<GuardrailInputs & { enforceZdr?: boolean }> = {
  required: { name: line(200) },
  optional: {
    description: paragraph(1000),
    limitUsd: usd(),
    resetInterval: oneOf("daily", "weekly", "monthly"),
    allowedModels: setOf(line(200), "must not be empty; leave it out to allow all models"),
    ignoredModels: setOf(line(200), "must not be empty; leave it out to ignore no model"),
    allowedProviders: setOf(line(200), "must not be empty; leave it out to allow all providers"),
    ignoredProviders: setOf(line(200), "must not be empty; leave it out to ignore no provider"),
    allowedDataRegions: setOf(line(100), "must not be empty; leave it out to allow all regions"),
    contentFilterBuiltins: z.array(known(builtinFilter), "must be a list").transform(someOrNone),
    contentFilters: z.array(known(contentFilter), "must be a list").transform(someOrNone),
    enforceZdr: yesOrNo(),
    enforceZdrAnthropic: yesOrNo(),
    enforceZdrOpenai: yesOrNo(),
    enforceZdrGoogle: yesOrNo(),
    enforceZdrXai: yesOrNo(),
    enforceZdrOther: yesOrNo(),
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
  const fields = asInputs(observedFields(guardrail, forms));
  const shown = new Set(MODEL_LISTS.flatMap((list) => guardrail[list] ?? []));
  const models = Object.entries(forms.models).filter(([name, stored]) => shown.has(stored) || shown.has(name));
  return {
    ...fields,
    ...(workspaceId !== null && declared.workspaceId !== undefined ? { workspaceId } : {}),
    ...withoutNone({ adopt: declared.adopt, __defaultName: declared.__defaultName }),
    createdAt: createdAt ?? "",
    ...(models.length > 0 ? { __models: Object.fromEntries(models) } : {}),
    ...(forms.falseForNone.length > 0 ? { __falseForNone: forms.falseForNone } : {}),
  };
}

/** The inputs that these outputs stand for: what `read` gives back, so that drift shows as a difference of inputs. */
function toInputs({ createdAt, __models, __falseForNone, ...inputs }: GuardrailOutputs): GuardrailInputs {
  return inputs;
}

function makeGuardrail(context: Context, declared: GuardrailInputs): Promise<Made<Guardrail>> {
  const { api } = context;
  const { adopt: _, __defaultName = false, ...body } = declared;
  const names = MODEL_LISTS.flatMap((list) => declared[list] ?? []);
  const list = () => allOf(listGuardrails(api, declared.workspaceId));
  return makeOnce<Guardrail, Guardrail>(context, {
    collection: "guardrails",
    name: declared.name,
    nameIsDefault: __defaultName,
    workspaceId: declared.workspaceId,
    post: () => namingUnknownModels(api, names, createGuardrail(api, body as NewGuardrail)),
    idOf: ({ id }) => id,
    list,
    newest: list,
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
  const [wanted, present] = [{ workspaceId: declared.workspaceId }, { workspaceId: live.workspaceId ?? undefined }];
  const differing = replacedBy(wanted, present, CHOSEN_BY_SERVER);
  refuseToReplaceAdopted(context.api.operation, differing, wanted, present);
  return live;
}

async function convergeGuardrail(
  context: Context,
  id: string,
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
    write: (changed) => namingUnknownModels(api, names, updateGuardrail(api, id, withWholeBudget(changed, declared))),
    read: () => readGuardrail(api, id),
    fieldsOf: async (shown) => {
      forms = await learn(context, desiredFields(declared, forms), shown, forms);
      return observedFields(shown.live, forms);
    },
    outputsOf: (latest) => toOutputs(latest, declared, forms),
  });
  return toOutputs(live, declared, forms);
}

/** Rules that span several inputs. Looks at them as given: one bad input must not hide a problem between others. */
function across(news: Record<string, unknown>): string[] {
  const problems: string[] = [];
  if ((news.limitUsd === undefined) !== (news.resetInterval === undefined)) {
    problems.push("limitUsd, resetInterval: a budget is both together; set both or leave both out");
  }
  for (const [allowed, ignored] of [MODEL_LISTS, ["allowedProviders", "ignoredProviders"]] as const) {
    const both = listOf(news[allowed]).filter((item) => !isUnknown(item) && listOf(news[ignored]).includes(item));
    if (both.length > 0) problems.push(`${allowed}, ${ignored}: ${both.length} of one stand in the other as well`);
  }
  return problems;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRegularExpression(pattern: string): boolean {
  try {
    return pattern !== "" && new RegExp(pattern) instanceof RegExp;
  } catch {
    return false;
  }
}

export const guardrail: Lifecycle<GuardrailInputs, GuardrailOutputs> = {
  title: "guardrail",
  secretOutputs: [],

  holds: (id, { adopt }) => adopt === id,
  nameOf: ({ name }) => name ?? "",

  check(news) {
    const checked = checkInputs(RULES, news, across);
    if (!checked.inputs) return checked;
    // `enforceZdr` is short for the vendor switches that are not set themselves; the API's own field is deprecated.
    const { enforceZdr, includeByokInBudgets } = checked.inputs;
    if (enforceZdr !== undefined) for (const name of VENDOR_SWITCHES) checked.inputs[name] ??= enforceZdr;
    const normal = {
      ...checked.inputs,
      enforceZdr: undefined,
      includeByokInBudgets: includeByokInBudgets || undefined,
    };
    return { inputs: withoutNone(normal) as GuardrailInputs, failures: [] };
  },

  diff(olds, news) {
    const replaces = replacedBy({ workspaceId: news.workspaceId }, { workspaceId: olds.workspaceId }, CHOSEN_BY_SERVER);
    if (news.adopt !== undefined) refuseToReplaceWhileAdopting(`guardrail "${news.name}"`, replaces, news);
    const forms = formsIn(olds);
    const changed = changedFields(desiredFields(news, forms), desiredFields(toInputs(olds), forms));
    return { changed: Object.keys(changed).length > 0 || replaces.length > 0, replaces };
  },

  async create(context, declared) {
    if (declared.adopt) {
      const live = await adoptGuardrail(context, declared.adopt, declared);
      const start = { from: { live, written: {} } };
      return { id: live.id, outputs: await convergeGuardrail(context, live.id, declared, NOTHING_LEARNT, start) };
    }
    const { live, settleLate } = await makeGuardrail(context, declared);
    const start = { from: { live, written: desiredFields(declared, NOTHING_LEARNT) }, begin: settleLate };
    return { id: live.id, outputs: await convergeGuardrail(context, live.id, declared, NOTHING_LEARNT, start) };
  },

  async read({ api, session }, id, olds) {
    const live = await (olds
      ? guardrailsOf(session, olds.workspaceId).read(api, id)
      : unlessGone(readGuardrail(api, id)));
    if (!live) return undefined;
    const outputs = toOutputs(live, olds ? toInputs(olds) : {}, formsIn(olds ?? {}));
    return { outputs, inputs: toInputs(outputs) };
  },

  async update(context, id, olds, news) {
    const forms = formsIn(olds);
    const from = { remembered: desiredFields(toInputs(olds), forms), outputs: olds };
    return convergeGuardrail(context, id, news, forms, { from });
  },

  delete: ({ api }, id) => deleteGuardrail(api, id),
};
