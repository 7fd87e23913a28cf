/** Finds the user that an option names. */
import { clean } from "../../provider/text";
import type { Account } from "../shared/account";
import { printable } from "../shared/output";
import { UsageError } from "../shared/terminal";
import { readMembers } from "./read";

/** The help of an option that names a user. */
export const USER_CHOICE = "id (user_…), or email or full name of a member";

/** Reads the members only where this is not an id. @throws UsageError, with the candidates if several members match */
export async function readUserId(account: Account, wanted: string): Promise<string> {
  if (wanted.startsWith("user_")) return wanted;
  const { members } = await readMembers(account);
  const word = wanted.toLowerCase();
  const matches = members.filter(({ email, name }) => name === wanted || email?.toLowerCase() === word);
  const [only] = matches;
  if (only && matches.length === 1) return only.id;
  const problem = only
    ? `"${clean(wanted)}" is the name of ${matches.length} members; pass an id:`
    : `no member has the email or name "${clean(wanted)}"; \`pulumi-openrouter members\` lists them`;
  throw new UsageError(
    problem,
    matches.map(({ id, email }) => printable(`${id}  ${email ?? "unknown"}`)),
  );
}
