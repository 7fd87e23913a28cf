/** The account guard in rare cases: no workspace, three accounts, a pin in capitals, and a pinned organization. */
import { AccountMismatchError } from "../../provider/errors";
import { AccountGuard, type AccountRef, pinnedIds } from "../../provider/reconcile/account";
import { accountApi } from "./support/fakeAccount";
import { BASE_URL } from "./support/fakeApi";
import { failureOf, OTHER_WORKSPACE, WORKSPACE } from "./support/samples";

const ref = (more: Partial<AccountRef> = {}): AccountRef => ({ workspace: WORKSPACE, server: BASE_URL, ...more });

test("accepts an account without workspaces at the next run", async () => {
  const { api } = accountApi({ organization: "org_1" });
  const account = await new AccountGuard(() => []).present(api);
  const next = new AccountGuard(() => []);
  next.meet(account, "a");
  await next.beforeWrite(api, true);
});

test("names the two accounts that certainly differ when a plan has three", () => {
  const guard = new AccountGuard(() => []);
  guard.meet(ref(), "older");
  guard.meet(ref({ organization: "org_1" }), "one");
  guard.meet(ref({ workspace: OTHER_WORKSPACE, organization: "org_2" }), "other");
  expect(() => guard.rejectMixedAccounts("compare x")).toThrow(/one is in account org_1, other is in account org_2/);
});

// Upper and lower case mean the same in a UUID.
test("accepts a pin in capitals", async () => {
  const id = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
  const guard = new AccountGuard(() => pinnedIds(id.toUpperCase()));
  guard.meet(ref({ workspace: id }), "a");
  guard.rejectMixedAccounts("compare x");
  await guard.beforeWrite(accountApi({ workspaces: [id] }).api, true);
});

test("keeps an object that a limited key can't find, even when the key's organization is pinned", async () => {
  const traits = { workspaces: [OTHER_WORKSPACE], organization: "org_1", limitedTo: OTHER_WORKSPACE };
  const guard = new AccountGuard(() => ["org_1"]);
  expect(await failureOf(guard.confirmGone(accountApi(traits).api, ref()))).toBeInstanceOf(AccountMismatchError);
});
