/** What programs can look up in the account: names become ids, without copying a UUID by hand. Only reads. */
import * as z from "zod";
import { PreconditionError } from "../errors";
import { getCredits, getModels, getUsage } from "./account";
import { getGuardrail, getGuardrails } from "./guardrails";
import { getKey, getKeys } from "./keys";
import type { Account, LookUp } from "./lookUp";
import { getWorkspace, getWorkspaces } from "./workspaces";

export type { Account as LookUpAccount } from "./lookUp";

const LOOK_UPS: Readonly<Record<string, LookUp>> = {
  getCredits,
  getGuardrail,
  getGuardrails,
  getKey,
  getKeys,
  getModels,
  getUsage,
  getWorkspace,
  getWorkspaces,
};

/** @throws PreconditionError if the arguments are wrong, or name no object or several */
export async function lookUp(name: string, args: Record<string, unknown>, account: Account) {
  const found = Object.hasOwn(LOOK_UPS, name) ? LOOK_UPS[name] : undefined;
  if (!found) throw new PreconditionError(name, "this release does not know the function", "upgrade pulumi-openrouter");
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  const { data, error } = z.strictObject(found.args).safeParse(Object.fromEntries(given));
  if (!error) return found.run(account, data);
  const problems = error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new PreconditionError(name, problems.join("; "), "see the documentation of its arguments");
}
