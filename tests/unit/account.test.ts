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

/** What a create meets that begins after one object of the state was seen. */
async function create(signs: AccountTraits, account: AccountRef | undefined, ...pins: string[]) {
  const fake = accountApi(signs);
  const guard = guardOf(...pins);
  guard.meet(account, KEY_OBJECT);
  const error = await guard.beforeWrite(fake.api, true).catch((thrown: unknown) => thrown);
  return { error: error as Error | undefined, lines: fake.lines() };
}

describe("the account of the management key", () => {
  test("is its oldest workspace by timestamp, whatever the order and form of the list", async () => {
    const fake = scripted(
      list(
        workspace("new", "2026-01-01T00:00:00Z"),
        workspace("middle", "2025-06-01T00:00:00.000000+00:00"),
        workspace("old", "2025-06-01T01:00:00+02:00"),
      ),
    );
    expect(await guardOf().present(fake.api)).toEqual({ workspace: "old", server: BASE_URL });
  });

  test("is asked for once per process, also by many at the same time", async () => {
    const fake = accountApi({ workspaces: [WORKSPACE] });
    const guard = guardOf();
    await Promise.all([guard.present(fake.api), guard.present(fake.api)]);
    await guard.present(fake.api);
    guard.meet(ref(), KEY_OBJECT);
    await guard.beforeWrite(fake.api, true);
    expect(fake.lines()).toEqual(["GET /workspaces"]);
  });

  test("comes with its organization where a pin made it known", async () => {
    const fake = accountApi({ workspaces: [WORKSPACE], organization: "org_1" });
    expect(await guardOf("org_1").present(fake.api)).toEqual(ref({ organization: "org_1" }));
    expect(await guardOf(WORKSPACE).present(fake.api)).toEqual(ref());
  });

  test("is none where there is no workspace", async () => {
    expect(await guardOf().present(accountApi().api)).toEqual({ workspace: "", server: BASE_URL });
  });

  test("is asked for again after a failure, which each operation tells as its own", async () => {
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
  ])("the same account is told without a further call: the management key %s", async (_title, signs, account) => {
    expect(await create(signs, account)).toEqual({ error: undefined, lines: ["GET /workspaces"] });
  });

  test.each<[string, AccountTraits]>([
    ["is limited to another workspace", { workspaces: [OTHER_WORKSPACE], limitedTo: OTHER_WORKSPACE }],
    ["sees an account whose default workspace was deleted", { workspaces: [OTHER_WORKSPACE] }],
  ])("the organization tells that the account is the same when the management key %s", async (_title, signs) => {
    const { error } = await create({ ...signs, organization: "org_1" }, ref({ organization: "org_1" }));
    expect(error).toBeUndefined();
  });

  test("another organization is a different account, with no step that deletes anything", async () => {
    const signs = { workspaces: [OTHER_WORKSPACE], organization: "org_2" };
    const { error } = await create(signs, ref({ organization: "org_1" }));
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error?.message).toBe(
      `${OPERATION}: ${KEY_OBJECT} of this stack is in account org_1, and this management key belongs to a different ` +
        "account (org_2). Use a management key of account org_1; for several accounts in one stack, give each a Provider.",
    );
  });

  test("an account with a default workspace and without the stored one is a different account", async () => {
    const { error, lines } = await create({ workspaces: [OTHER_WORKSPACE] }, ref());
    expect(error?.message).toContain(`in account ${WORKSPACE}, and this management key belongs to a different account`);
    expect(lines).toEqual(["GET /workspaces", "GET /key", "GET /keys"]);
  });

  test("a management key limited to another workspace can't tell, and the error names the pin", async () => {
    const signs = { workspaces: [OTHER_WORKSPACE], limitedTo: OTHER_WORKSPACE };
    const { error } = await create(signs, ref());
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error?.message).toContain(`limited to workspace ${OTHER_WORKSPACE}, so it can't tell`);
    expect(error?.message).toContain(`pulumi config set openrouter:account ${WORKSPACE},${OTHER_WORKSPACE}`);
  });

  test("an account without a default workspace can't tell, and the error names the pin", async () => {
    const signs = { workspaces: [OTHER_WORKSPACE], defaultWorkspaceIsGone: true };
    const { error } = await create(signs, ref());
    expect(error).toBeInstanceOf(AccountMismatchError);
    expect(error?.message).toContain("has no default workspace any more, so it can't tell");
    expect(error?.message).toContain(`pulumi config set openrouter:account ${WORKSPACE},${OTHER_WORKSPACE}`);
  });

  test("another base URL is another place, with no call but the listing of workspaces", async () => {
    const { error, lines } = await create({ baseUrl: "https://eu.example/api/v1" }, ref());
    expect(error?.message).toContain(`at the base URL ${BASE_URL}, and this run uses https://eu.example/api/v1`);
    expect(error?.message).toContain(`Set OPENROUTER_BASE_URL to ${BASE_URL}.`);
    expect(lines).toEqual(["GET /workspaces"]);
  });

  test("the same workspace through another base URL is the same account", async () => {
    const { error } = await create({ baseUrl: "https://proxy.example/api/v1", workspaces: [WORKSPACE] }, ref());
    expect(error).toBeUndefined();
  });

  test("not found through another base URL is not gone, though the workspace is the same", async () => {
    const { api } = accountApi({ baseUrl: "https://proxy.example/api/v1", workspaces: [WORKSPACE] });
    const error = await failureOf(new AccountGuard(() => []).confirmGone(api, ref()));
    expect(error.message).toContain(`at the base URL ${BASE_URL}, and this run uses https://proxy.example/api/v1`);
  });

  test("nothing is asked when the state names no account", async () => {
    expect(await create({}, undefined)).toEqual({ error: undefined, lines: [] });
  });

  test("an account that another operation meets while this one waits is compared as well", async () => {
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    const fake = responding(async () => {
      guard.meet(ref({ workspace: OTHER_WORKSPACE, server: "https://eu.example" }), 'guardrail "late"');
      return list(workspace(WORKSPACE, null));
    });
    expect((await failureOf(guard.beforeWrite(fake.api, true))).message).toContain('guardrail "late" of this stack');
  });

  test("who can't list the workspaces can't tell: the failure is passed on", async () => {
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    const fake = responding(() => new ServerError(OPERATION, 500, "oops"));
    expect(await failureOf(guard.beforeWrite(fake.api, true))).toBeInstanceOf(ServerError);
  });
});

describe("before an update or a delete", () => {
  test("nothing is asked as long as one account was met", async () => {
    const fake = accountApi();
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    guard.meet(ref(), 'guardrail "other"');
    await guard.beforeWrite(fake.api, false);
    expect(fake.lines()).toEqual([]);
  });

  test("a process that has met two accounts writes nothing any more, and says which is where", async () => {
    const fake = accountApi({ workspaces: [WORKSPACE] });
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    guard.meet(ref({ workspace: OTHER_WORKSPACE }), 'guardrail "moved"');
    const error = await failureOf(guard.beforeWrite(fake.api, false));
    expect(error.message).toContain(`guardrail "moved" of this stack is in account ${OTHER_WORKSPACE}`);
  });

  test("two workspaces of one account are one account", async () => {
    const guard = guardOf();
    guard.meet(ref(), KEY_OBJECT);
    guard.meet(ref({ workspace: OTHER_WORKSPACE }), 'guardrail "older"');
    await guard.beforeWrite(accountApi({ workspaces: [WORKSPACE, OTHER_WORKSPACE] }).api, false);
  });
});

test("what was confirmed once is not asked again", async () => {
  const fake = accountApi({ workspaces: [OTHER_WORKSPACE], organization: "org_1" });
  const guard = guardOf();
  guard.meet(ref({ organization: "org_1" }), KEY_OBJECT);
  for (const _write of [1, 2, 3]) await guard.beforeWrite(fake.api, true);
  await guard.confirmGone(fake.api, ref({ organization: "org_1" }));
  expect(fake.lines()).toEqual(["GET /workspaces", "GET /key"]);
});

test("pins are separated by commas, and the one to write is the organization where it is known", () => {
  expect(pinnedIds(undefined)).toEqual([]);
  expect(pinnedIds(` org_1 ,, ${WORKSPACE} `)).toEqual(["org_1", WORKSPACE]);
  expect(pinOf({ workspace: WORKSPACE })).toBe(WORKSPACE);
  expect(pinOf({ workspace: WORKSPACE, organization: "org_1" })).toBe("org_1");
});
