/** Corners of the guard: an account without workspaces, three accounts, pins in capitals and pins of organizations. */
import { AccountGuard, type AccountRef, pinnedIds } from "../../provider/reconcile/account";
import { accountApi } from "./support/fakeAccount";
import { BASE_URL } from "./support/fakeApi";
import { failureOf, OTHER_WORKSPACE, WORKSPACE } from "./support/samples";

const ref = (more: Partial<AccountRef> = {}): AccountRef => ({ workspace: WORKSPACE, server: BASE_URL, ...more });

test("an account without workspaces is the same at the next run", async () => {
  const { api } = accountApi({ organization: "org_1" });
  const account = await new AccountGuard(() => []).present(api);
  const next = new AccountGuard(() => []);
  next.meet(account, "a");
  await next.beforeWrite(api, true);
});

test("of three accounts in a plan the two that certainly differ are told", () => {
  const guard = new AccountGuard(() => []);
  guard.meet(ref(), "older");
  guard.meet(ref({ organization: "org_1" }), "one");
  guard.meet(ref({ workspace: OTHER_WORKSPACE, organization: "org_2" }), "other");
  expect(() => guard.rejectMixedAccounts("compare x")).toThrow();
});

// UUIDs mean the same in capitals, as everywhere else.
test("a pin in capitals is the same pin", async () => {
  const id = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
  const guard = new AccountGuard(() => pinnedIds(id.toUpperCase()));
  guard.meet(ref({ workspace: id }), "a");
  guard.rejectMixedAccounts("compare x");
  await guard.beforeWrite(accountApi({ workspaces: [id] }).api, true);
});

test("not found with a limited key is not gone because its own organization is pinned", async () => {
  const signs = { workspaces: [OTHER_WORKSPACE], organization: "org_1", limitedTo: OTHER_WORKSPACE };
  const guard = new AccountGuard(() => ["org_1"]);
  await failureOf(guard.confirmGone(accountApi(signs).api, ref()));
});
