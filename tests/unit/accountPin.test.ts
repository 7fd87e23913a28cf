import { AccountMismatchError } from "../../provider/errors";
import { AccountGuard, type AccountRef } from "../../provider/reconcile/account";
import { type AccountTraits, accountApi } from "./support/fakeAccount";
import { BASE_URL, OPERATION } from "./support/fakeApi";
import { failureOf, OTHER_WORKSPACE, WORKSPACE } from "./support/samples";

const ref = (more: Partial<AccountRef> = {}): AccountRef => ({ workspace: WORKSPACE, server: BASE_URL, ...more });
const ours: AccountTraits = { workspaces: [WORKSPACE], organization: "org_1" };
const limited: AccountTraits = { workspaces: [OTHER_WORKSPACE], limitedTo: OTHER_WORKSPACE };

describe("a pin", () => {
  test.each<[string, string[], string[]]>([
    ["a visible workspace", [WORKSPACE], ["GET /workspaces"]],
    ["the organization", ["org_1"], ["GET /workspaces", "GET /key"]],
    ["two ids, one of which matches", [OTHER_WORKSPACE, WORKSPACE], ["GET /workspaces"]],
  ])("accepts every write after one check when it is %s", async (_title, pins, lines) => {
    const fake = accountApi(ours);
    const guard = new AccountGuard(() => pins);
    for (const creates of [true, false, true]) await guard.beforeWrite(fake.api, creates);
    expect(fake.lines()).toEqual(lines);
  });

  test.each([true, false])(
    "rejects the first write of a new stack when it is another account (create: %s)",
    async (creates) => {
      const guard = new AccountGuard(() => [OTHER_WORKSPACE]);
      const error = await failureOf(guard.beforeWrite(accountApi(ours).api, creates));
      expect(error).toBeInstanceOf(AccountMismatchError);
      expect(error.message).toBe(
        `${OPERATION}: openrouter:account pins ${OTHER_WORKSPACE}, and the account of this management key is org_1. ` +
          "Use a management key of the pinned account, or correct the pin.",
      );
    },
  );

  test.each<[string, AccountTraits, string]>([
    ["the organization", ours, "the account of this management key is org_1."],
    [
      "the oldest workspace when there is no organization",
      { workspaces: [WORKSPACE] },
      `the account of this management key is ${WORKSPACE}.`,
    ],
    ["`unknown` when the API returns neither", {}, "the account of this management key is unknown."],
  ])("identifies the account of the management key by %s", async (_title, traits, message) => {
    const guard = new AccountGuard(() => ["org_2"]);
    expect((await failureOf(guard.beforeWrite(accountApi(traits).api, true))).message).toContain(message);
  });

  test("rejects every write, not only the first, when it is wrong", async () => {
    const guard = new AccountGuard(() => ["org_2"]);
    for (const _write of [1, 2]) {
      expect(await failureOf(guard.beforeWrite(accountApi(ours).api, false))).toBeInstanceOf(AccountMismatchError);
    }
  });

  test("accepts a limited key or a deleted default workspace when it lists both workspaces", async () => {
    for (const traits of [limited, { workspaces: [OTHER_WORKSPACE], defaultWorkspaceIsGone: true }]) {
      const guard = new AccountGuard(() => [WORKSPACE, OTHER_WORKSPACE]);
      guard.meet(ref(), "a");
      await guard.beforeWrite(accountApi(traits).api, true);
    }
  });

  test("does not make a different account acceptable", async () => {
    const guard = new AccountGuard(() => [WORKSPACE, OTHER_WORKSPACE]);
    guard.meet(ref(), "a");
    const error = await failureOf(guard.beforeWrite(accountApi({ workspaces: [OTHER_WORKSPACE] }).api, true));
    expect(error.message).toContain("belongs to a different account");
  });
});

describe("confirmGone", () => {
  const confirm = (traits: AccountTraits, account: AccountRef | undefined, ...pins: string[]) =>
    new AccountGuard(() => pins).confirmGone(accountApi(traits).api, account);

  test("confirms when the management key belongs to the object's account", async () => {
    await confirm({ workspaces: [WORKSPACE] }, ref());
    await confirm({ workspaces: [OTHER_WORKSPACE], organization: "org_1" }, ref({ organization: "org_1" }));
  });

  test("confirms when the state has no account", async () => {
    await confirm({}, undefined);
  });

  test.each<[string, AccountTraits]>([
    ["belongs to a different account", { workspaces: [OTHER_WORKSPACE] }],
    ["is limited to another workspace", limited],
    ["sees no default workspace", { workspaces: [OTHER_WORKSPACE], defaultWorkspaceIsGone: true }],
    ["is used at a different base URL", { baseUrl: "https://eu.example" }],
  ])("fails and keeps the state when the management key %s", async (_title, traits) => {
    const error = await failureOf(confirm(traits, ref()));
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error.message).toMatch(/: not found, and it is .*\. Nothing was removed from the state: /);
  });

  test("fails when the account is not the pinned one", async () => {
    expect((await failureOf(confirm(ours, ref(), "org_2"))).message).toContain("openrouter:account pins org_2");
  });
});

describe("rejectMixedAccounts", () => {
  const plan = (pins: string[], ...accounts: AccountRef[]) => {
    const guard = new AccountGuard(() => pins);
    for (const [index, account] of accounts.entries()) guard.meet(account, `object ${index}`);
    return () => guard.rejectMixedAccounts("compare x");
  };

  test.each<[string, AccountRef, AccountRef]>([
    ["two base URLs", ref(), ref({ workspace: OTHER_WORKSPACE, server: "https://eu.example" })],
    ["two organizations", ref({ organization: "org_1" }), ref({ workspace: OTHER_WORKSPACE, organization: "org_2" })],
  ])("rejects a plan when the state shows %s", (_title, one, other) => {
    expect(plan([], one, other)).toThrow(AccountMismatchError);
    expect(plan([], one, other)).toThrow(/object 0 is in account .*, object 1 is in account /);
  });

  test.each<[string, AccountRef[]]>([
    ["no account was met", []],
    ["all objects are in one account", [ref(), ref()]],
    ["two workspaces may belong to one account", [ref(), ref({ workspace: OTHER_WORKSPACE })]],
    ["an older state has no organization", [ref(), ref({ organization: "org_1" })]],
  ])("accepts a plan when %s", (_title, accounts) => {
    expect(plan([], ...accounts)).not.toThrow();
  });

  test.each<[string, string[], AccountRef]>([
    ["a different workspace", [OTHER_WORKSPACE], ref()],
    ["a different organization", ["org_2"], ref({ organization: "org_1" })],
    ["a different organization and a different workspace", ["org_2", OTHER_WORKSPACE], ref({ organization: "org_1" })],
  ])("rejects a plan when the pin is %s", (_title, pins, account) => {
    expect(plan(pins, account)).toThrow(
      new RegExp(`object 0 is in account .*openrouter:account pins ${pins.join(",")}`),
    );
  });

  test("shows the command that pins both workspaces", () => {
    const line = `pulumi config set openrouter:account ${OTHER_WORKSPACE},${WORKSPACE}`;
    expect(plan([OTHER_WORKSPACE], ref())).toThrow(line);
  });

  test.each<[string, string[], AccountRef]>([
    ["the workspace", [WORKSPACE], ref({ organization: "org_1" })],
    ["the organization", ["org_1"], ref({ organization: "org_1" })],
    ["an organization that an older state does not have", ["org_1"], ref()],
    ["two workspaces, one of which matches", [OTHER_WORKSPACE, WORKSPACE], ref()],
  ])("accepts a plan when the pin is %s", (_title, pins, account) => {
    expect(plan(pins, account)).not.toThrow();
  });
});
