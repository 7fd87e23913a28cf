import * as z from "zod";
import { ACTIVITY_DAYS, listActivity } from "../api/activity";
import { readCredits } from "../api/credits";
import { listModels, type Model } from "../api/models";
import { keyHash } from "./keys";
import { lookUpOf, text } from "./lookUp";

export const getCredits = lookUpOf({
  args: {},
  async run(account) {
    const { totalCredits: bought, totalUsage: used } = await readCredits(account.read("the credits"));
    return { bought, used: rounded(used), left: rounded(bought - used) };
  },
});

export const getModels = lookUpOf({
  args: { search: text.optional(), zdr: z.boolean("must be true or false").optional() },
  async run(account, { search = "", zdr = false }) {
    const read = () => listModels(account.read("the catalog of models"), { zdr });
    const models = await account.share(`models, zdr ${zdr}`, read);
    return { models: models.filter(({ id }) => id.includes(search)).map(modelOf) };
  },
});

function modelOf({ id, canonicalSlug, name, pricing, contextLength }: Model): object {
  const perMillion = (price: number | null) => (price === null || price < 0 ? null : rounded(price * 1e6));
  const prices = { inputPrice: perMillion(pricing.prompt), outputPrice: perMillion(pricing.completion) };
  return { id, canonicalSlug, name, contextLength, ...prices };
}

export const getUsage = lookUpOf({
  args: {
    keyHash: keyHash.optional(),
    days: z
      .int("must be a whole number")
      .min(1, "must be at least 1")
      .max(ACTIVITY_DAYS, `must be at most ${ACTIVITY_DAYS}`)
      .optional(),
  },
  async run(account, { keyHash: hash, days = ACTIVITY_DAYS }) {
    const api = account.read("the activity of the last days");
    const rows = await listActivity(api, hash === undefined ? {} : { apiKeyHash: hash });
    const now = api.serverTime() ?? Date.now();
    const first = new Date(now - days * DAY_MS).toISOString().slice(0, 10);
    const counted = rows.filter(({ date }) => date >= first);
    const sum = (amount: (row: (typeof rows)[number]) => number) =>
      rounded(counted.reduce((all, row) => all + amount(row), 0));
    return {
      spent: sum((row) => row.usage),
      byokSpent: sum((row) => row.byokUsage),
      requests: sum((row) => row.requests),
    };
  },
});

const DAY_MS = 86_400_000;

/** Sums of decimal fractions are off by less than this. */
function rounded(amount: number): number {
  return Math.round(amount * 1e9) / 1e9;
}
