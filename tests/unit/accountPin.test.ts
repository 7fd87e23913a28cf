import { AccountMismatchError } from "../../provider/errors";
import { AccountGuard, type AccountRef } from "../../provider/reconcile/account";
import { type AccountTraits, accountApi } from "./support/fakeAccount";
import { BASE_URL, OPERATION } from "./support/fakeApi";
import { failureOf, OTHER_WORKSPACE, WORKSPACE } from "./support/samples";

const ref = (more: Partial<AccountRef> = {}): AccountRef => ({ workspace: WORKSPACE, server: BASE_URL, ...more });
const ours: AccountTraits = { workspaces: [WORKSPACE], organization: "org_1" };
const limited: AccountTraits = { workspaces: [OTHER_WORKSPACE], limitedTo: OTHER_WORKSPACE };

describe("the pin", () => {
  test.each<[string, string[], string[]]>([
    ["a visible workspace", [WORKSPACE], ["GET /workspaces"]],
    ["the organization", ["org_1"], ["GET /workspaces", "GET /key"]],
    ["two ids, of which one fits", [OTHER_WORKSPACE, WORKSPACE], ["GET /workspaces"]],
  ])("of %s lets every write pass, and is checked once", async (_title, pins, lines) => {
    const fake = accountApi(ours);
    const guard = new AccountGuard(() => pins);
    for (const creates of [true, false, true]) await guard.beforeWrite(fake.api, creates);
    expect(fake.lines()).toEqual(lines);
  });

  test.each([true, false])(
    "of another account refuses the first write of a new stack (create: %s)",
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
    ["its organization", ours, "the account of this management key is org_1."],
    [
      "its oldest workspace, if it has no organization",
      { workspaces: [WORKSPACE] },
      `the account of this management key is ${WORKSPACE}.`,
    ],
    ["nothing, if the API tells neither", {}, "the account of this management key is unknown."],
  ])("names the account of the management key by %s", async (_title, signs, said) => {
    const guard = new AccountGuard(() => ["org_2"]);
    expect((await failureOf(guard.beforeWrite(accountApi(signs).api, true))).message).toContain(said);
  });

  test("a wrong pin is checked again at the next write, and still wrong", async () => {
    const guard = new AccountGuard(() => ["org_2"]);
    for (const _write of [1, 2]) {
      expect(await failureOf(guard.beforeWrite(accountApi(ours).api, false))).toBeInstanceOf(AccountMismatchError);
    }
  });

  test("of both accounts settles what a limited key or a deleted default workspace can't tell", async () => {
    for (const signs of [limited, { workspaces: [OTHER_WORKSPACE], defaultWorkspaceIsGone: true }]) {
      const guard = new AccountGuard(() => [WORKSPACE, OTHER_WORKSPACE]);
      guard.meet(ref(), "a");
      await guard.beforeWrite(accountApi(signs).api, true);
    }
  });

  test("does not make a different account the same", async () => {
    const guard = new AccountGuard(() => [WORKSPACE, OTHER_WORKSPACE]);
    guard.meet(ref(), "a");
    const error = await failureOf(guard.beforeWrite(accountApi({ workspaces: [OTHER_WORKSPACE] }).api, true));
    expect(error.message).toContain("belongs to a different account");
  });
});

describe("not found", () => {
  const confirm = (signs: AccountTraits, account: AccountRef | undefined, ...pins: string[]) =>
    new AccountGuard(() => pins).confirmGone(accountApi(signs).api, account);

  test("is gone in the account of the object", async () => {
    await confirm({ workspaces: [WORKSPACE] }, ref());
    await confirm({ workspaces: [OTHER_WORKSPACE], organization: "org_1" }, ref({ organization: "org_1" }));
  });

  test("is taken at its word where the state names no account", async () => {
    await confirm({}, undefined);
  });

  test.each<[string, AccountTraits]>([
    ["in a different account", { workspaces: [OTHER_WORKSPACE] }],
    ["with a limited management key", limited],
    ["without a default workspace", { workspaces: [OTHER_WORKSPACE], defaultWorkspaceIsGone: true }],
    ["at another base URL", { baseUrl: "https://eu.example" }],
  ])("is never gone %s, and the state stays", async (_title, signs) => {
    const error = await failureOf(confirm(signs, ref()));
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error.message).toMatch(/: not found, and it is .*\. Nothing was removed from the state: /);
  });

  test("is not gone in an account that is not the pinned one", async () => {
    expect((await failureOf(confirm(ours, ref(), "org_2"))).message).toContain("openrouter:account pins org_2");
  });
});

describe("a plan makes no call, and is refused", () => {
  const plan = (pins: string[], ...accounts: AccountRef[]) => {
    const guard = new AccountGuard(() => pins);
    for (const [at, account] of accounts.entries()) guard.meet(account, `object ${at}`);
    return () => guard.rejectMixedAccounts("compare x");
  };

  test.each<[string, AccountRef, AccountRef]>([
    ["two base URLs", ref(), ref({ workspace: OTHER_WORKSPACE, server: "https://eu.example" })],
    ["two organizations", ref({ organization: "org_1" }), ref({ workspace: OTHER_WORKSPACE, organization: "org_2" })],
  ])("when the state alone shows %s", (_title, one, other) => {
    expect(plan([], one, other)).toThrow(AccountMismatchError);
    expect(plan([], one, other)).toThrow(/object 0 is in account .*, object 1 is in account /);
  });

  test.each<[string, AccountRef[]]>([
    ["nothing was met", []],
    ["all is in one account", [ref(), ref()]],
    ["two workspaces may be of one account", [ref(), ref({ workspace: OTHER_WORKSPACE })]],
    ["an older state does not know the organization", [ref(), ref({ organization: "org_1" })]],
  ])("never when %s", (_title, accounts) => {
    expect(plan([], ...accounts)).not.toThrow();
  });

  test.each<[string, string[], AccountRef]>([
    ["another workspace", [OTHER_WORKSPACE], ref()],
    ["another organization", ["org_2"], ref({ organization: "org_1" })],
    ["another organization and another workspace", ["org_2", OTHER_WORKSPACE], ref({ organization: "org_1" })],
  ])("when the pin is %s than the state has", (_title, pins, account) => {
    expect(plan(pins, account)).toThrow(
      new RegExp(`object 0 is in account .*openrouter:account pins ${pins.join(",")}`),
    );
  });

  test("with the line that pins both", () => {
    const line = `pulumi config set openrouter:account ${OTHER_WORKSPACE},${WORKSPACE}`;
    expect(plan([OTHER_WORKSPACE], ref())).toThrow(line);
  });

  test.each<[string, string[], AccountRef]>([
    ["the workspace", [WORKSPACE], ref({ organization: "org_1" })],
    ["the organization", ["org_1"], ref({ organization: "org_1" })],
    ["an organization that an older state does not know", ["org_1"], ref()],
    ["one of two", [OTHER_WORKSPACE, WORKSPACE], ref()],
  ])("never when the pin is %s", (_title, pins, account) => {
    expect(plan(pins, account)).not.toThrow();
  });
});
