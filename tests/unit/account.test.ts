import { AccountMismatchError, ServerError } from "../../provider/errors";
import { AccountGuard, type AccountRef, pinnedIds, pinOf } from "../../provider/reconcile/account";
import { type AccountTraits, accountApi } from "./support/fakeAccount";
import { BASE_URL, OPERATION, responding, scripted } from "./support/fakeApi";
import { failureOf, OTHER_WORKSPACE, WORKSPACE } from "./support/samples";

const KEY_OBJECT = 'inference key "ci"';
const ref = (more: Partial<AccountRef> = {}): AccountRef => ({ workspace: WORKSPACE, server: BASE_URL, ...more });
const guardOf = (...pins: string[]) => new AccountGuard(() => pins);
const workspace = (id: string, created_at: string | null) => ({ id, created_at });
const list = (...data: object[]) => ({ data, total_count: data.length });

/** The outcome of a create that begins after one object of the state was seen. */
async function create(traits: AccountTraits, account: AccountRef | undefined, ...pins: string[]) {
  const fake = accountApi(traits);
  const guard = guardOf(...pins);
  guard.meet(account, KEY_OBJECT);
  const error = await guard.beforeWrite(fake.api, true).catch((thrown: unknown) => thrown);
  return { error: error as Error | undefined, lines: fake.lines() };
}

describe("present", () => {
  test("returns the oldest workspace by timestamp, whatever the order and time zones of the list", async () => {
    const fake = scripted(
      list(
        workspace("new", "2026-01-01T00:00:00Z"),
        workspace("middle", "2025-06-01T00:00:00.000000+00:00"),
        workspace("old", "2025-06-01T01:00:00+02:00"),
      ),
    );
    expect(await guardOf().present(fake.api)).toEqual({ workspace: "old", server: BASE_URL });
  });

  test("reads the account once per process, even for concurrent operations", async () => {
    const fake = accountApi({ workspaces: [WORKSPACE] });
    const guard = guardOf();
    await Promise.all([guard.present(fake.api), guard.present(fake.api)]);
    await guard.present(fake.api);
    guard.meet(ref(), KEY_OBJECT);
    await guard.beforeWrite(fake.api, true);
    expect(fake.lines()).toEqual(["GET /workspaces"]);
  });

  test("returns the organization when a pin required reading it", async () => {
    const fake = accountApi({ workspaces: [WORKSPACE], organization: "org_1" });
    expect(await guardOf("org_1").present(fake.api)).toEqual(ref({ organization: "org_1" }));
    expect(await guardOf(WORKSPACE).present(fake.api)).toEqual(ref());
  });

  test("returns an empty workspace when the account has none", async () => {
    expect(await guardOf().present(accountApi().api)).toEqual({ workspace: "", server: BASE_URL });
  });

  test("reads the account again after a failure, which each operation reports under its own name", async () => {
    const failure = new ServerError("create a", 500, "oops");
    let fails = true;
    const fake = responding(() => (fails ? failure : list(workspace("a", null))));
    const guard = guardOf();
    const operations = ["create a", "create b"].map((operation) => ({ ...fake.api, operation }));
    const failures = await Promise.all(operations.map((api) => failureOf(guard.present(api))));
    expect(failures.map(({ message }) => message.slice(0, 9))).toEqual(["create a:", "create b:"]);
    fails = false;
    expect((await guard.present(fake.api)).workspace).toBe("a");
  });
});

describe("before a create", () => {
  test.each<[string, AccountTraits, AccountRef]>([
    ["sees the stored workspace", { workspaces: [WORKSPACE] }, ref()],
    ["sees it among others, and an older one", { workspaces: [OTHER_WORKSPACE, WORKSPACE] }, ref()],
    ["is limited, and sees the stored workspace", { workspaces: [WORKSPACE], limitedTo: WORKSPACE }, ref()],
  ])("accepts the account without a further request when the management key %s", async (_title, traits, account) => {
    expect(await create(traits, account)).toEqual({ error: undefined, lines: ["GET /workspaces"] });
  });

  test.each<[string, AccountTraits]>([
    ["is limited to another workspace", { workspaces: [OTHER_WORKSPACE], limitedTo: OTHER_WORKSPACE }],
    ["sees an account whose default workspace was deleted", { workspaces: [OTHER_WORKSPACE] }],
  ])("accepts the account by its organization when the management key %s", async (_title, traits) => {
    const { error } = await create({ ...traits, organization: "org_1" }, ref({ organization: "org_1" }));
    expect(error).toBeUndefined();
  });

  test("rejects a different organization, with no next step that deletes anything", async () => {
    const traits = { workspaces: [OTHER_WORKSPACE], organization: "org_2" };
    const { error } = await create(traits, ref({ organization: "org_1" }));
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error?.message).toBe(
      `${OPERATION}: ${KEY_OBJECT} of this stack is in account org_1, and this management key belongs to a different ` +
        "account (org_2). Use a management key of account org_1; for several accounts in one stack, give each a Provider.",
    );
  });

  test("rejects an account that has a default workspace but not the stored one", async () => {
    const { error, lines } = await create({ workspaces: [OTHER_WORKSPACE] }, ref());
    expect(error?.message).toContain(`in account ${WORKSPACE}, and this management key belongs to a different account`);
    expect(lines).toEqual(["GET /workspaces", "GET /key", "GET /keys"]);
  });

  test("names the pin when the management key is limited to another workspace", async () => {
    const traits = { workspaces: [OTHER_WORKSPACE], limitedTo: OTHER_WORKSPACE };
    const { error } = await create(traits, ref());
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error?.message).toContain(`limited to workspace ${OTHER_WORKSPACE}, so it can't tell`);
    expect(error?.message).toContain(`pulumi config set openrouter:account ${WORKSPACE},${OTHER_WORKSPACE}`);
  });

  test("names the pin when the account has no default workspace", async () => {
    const traits = { workspaces: [OTHER_WORKSPACE], defaultWorkspaceIsGone: true };
    const { error } = await create(traits, ref());
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error?.message).toContain("has no default workspace anymore, so it can't tell");
    expect(error?.message).toContain(`pulumi config set openrouter:account ${WORKSPACE},${OTHER_WORKSPACE}`);
  });

  test("rejects a different base URL after only the list of workspaces", async () => {
    const { error, lines } = await create({ baseUrl: "https://eu.example/api/v1" }, ref());
    expect(error?.message).toContain(`at the base URL ${BASE_URL}, and this run uses https://eu.example/api/v1`);
    expect(error?.message).toContain(`Set OPENROUTER_BASE_URL to ${BASE_URL}.`);
    expect(lines).toEqual(["GET /workspaces"]);
  });

  test("accepts a different base URL when it shows the stored workspace", async () => {
    const { error } = await create({ baseUrl: "https://proxy.example/api/v1", workspaces: [WORKSPACE] }, ref());
    expect(error).toBeUndefined();
  });

  test("keeps an object that is not found through a different base URL, even in the same workspace", async () => {
    const { api } = accountApi({ baseUrl: "https://proxy.example/api/v1", workspaces: [WORKSPACE] });
    const error = await failureOf(new AccountGuard(() => []).confirmGone(api, ref()));
    expect(error.message).toContain(`at the base URL ${BASE_URL}, and this run uses https://proxy.example/api/v1`);
  });

  test("sends no request when the state has no account", async () => {
    expect(await create({}, undefined)).toEqual({ error: undefined, lines: [] });
  });

  test("compares an account that another operation meets while this one waits", async () => {
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    const fake = responding(async () => {
      guard.meet(ref({ workspace: OTHER_WORKSPACE, server: "https://eu.example" }), 'guardrail "late"');
      return list(workspace(WORKSPACE, null));
    });
    expect((await failureOf(guard.beforeWrite(fake.api, true))).message).toContain('guardrail "late" of this stack');
  });

  test("passes on the failure when the workspaces can't be listed", async () => {
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    const fake = responding(() => new ServerError(OPERATION, 500, "oops"));
    expect(await failureOf(guard.beforeWrite(fake.api, true))).toBeInstanceOf(ServerError);
  });
});

describe("before an update or a delete", () => {
  test("sends no request while all objects are in one account", async () => {
    const fake = accountApi();
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    guard.meet(ref(), 'guardrail "other"');
    await guard.beforeWrite(fake.api, false);
    expect(fake.lines()).toEqual([]);
  });

  test("rejects the write when the process has met two accounts, and names the object in the other", async () => {
    const fake = accountApi({ workspaces: [WORKSPACE] });
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    guard.meet(ref({ workspace: OTHER_WORKSPACE }), 'guardrail "moved"');
    const error = await failureOf(guard.beforeWrite(fake.api, false));
    expect(error.message).toContain(`guardrail "moved" of this stack is in account ${OTHER_WORKSPACE}`);
  });

  test("accepts two workspaces of one account", async () => {
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    guard.meet(ref({ workspace: OTHER_WORKSPACE }), 'guardrail "older"');
    await guard.beforeWrite(accountApi({ workspaces: [WORKSPACE, OTHER_WORKSPACE] }).api, false);
  });
});

test("checks a confirmed account only once", async () => {
  const fake = accountApi({ workspaces: [OTHER_WORKSPACE], organization: "org_1" });
  const guard = guardOf();
  guard.meet(ref({ organization: "org_1" }), KEY_OBJECT);
  for (const _write of [1, 2, 3]) await guard.beforeWrite(fake.api, true);
  await guard.confirmGone(fake.api, ref({ organization: "org_1" }));
  expect(fake.lines()).toEqual(["GET /workspaces", "GET /key"]);
});

test("splits pins at commas, and suggests the organization as the pin when it is known", () => {
  expect(pinnedIds(undefined)).toEqual([]);
  expect(pinnedIds(` org_1 ,, ${WORKSPACE} `)).toEqual(["org_1", WORKSPACE]);
  expect(pinOf({ workspace: WORKSPACE })).toBe(WORKSPACE);
  expect(pinOf({ workspace: WORKSPACE, organization: "org_1" })).toBe("org_1");
});
