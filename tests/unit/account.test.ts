import { ServerFailure, WrongAccount } from "../../provider/api/errors";
import {
  accountMark,
  confirmSameAccount,
  homeOf,
  rememberedWorkspaces,
  serverMark,
} from "../../provider/resources/account";
import { answering, BASE_URL, OPERATION, scripted } from "./support/fakeApi";
import { failureOf } from "./support/samples";

const PRESENT = serverMark({ baseUrl: BASE_URL });
const workspace = (id: string, created_at: string | null) => ({ id, created_at });
const list = (...data: object[]) => ({ data, total_count: data.length });

test("home is the oldest workspace by instant, whatever the order and form of the list", async () => {
  const fake = scripted(
    list(
      workspace("new", "2026-01-01T00:00:00Z"),
      workspace("middle", "2025-06-01T00:00:00.000000+00:00"),
      workspace("old", "2025-06-01T01:00:00+02:00"),
    ),
  );
  expect(await homeOf(fake.api, rememberedWorkspaces())).toEqual({ account: accountMark("old"), server: PRESENT });
});

test("workspaces are asked for once per process, also by many at the same time", async () => {
  const fake = scripted(list(workspace("a", null)));
  const workspaces = rememberedWorkspaces();
  await Promise.all([workspaces(fake.api), workspaces(fake.api), homeOf(fake.api, workspaces)]);
  await workspaces(fake.api);
  expect(fake.lines()).toEqual(["GET /workspaces"]);
});

test("a failure to ask is not remembered", async () => {
  const fake = scripted(new ServerFailure(OPERATION, 500, "oops"), list(workspace("a", null)));
  const workspaces = rememberedWorkspaces();
  expect(await failureOf(workspaces(fake.api))).toBeInstanceOf(ServerFailure);
  expect(await workspaces(fake.api)).toEqual(["a"]);
});

test("another management key of the same account is the same account", async () => {
  const fake = scripted(list(workspace("a", null), workspace("b", null)));
  await confirmSameAccount(fake.api, { account: accountMark("b"), server: PRESENT }, rememberedWorkspaces());
});

test("an account without the workspace is another one", async () => {
  const fake = scripted(list(workspace("a", null)));
  const home = { account: accountMark("elsewhere"), server: PRESENT };
  const error = await failureOf(confirmSameAccount(fake.api, home, rememberedWorkspaces()));
  expect(error).toBeInstanceOf(WrongAccount);
  expect(error.message).toMatch(/belongs to another account.*Nothing was removed from the state/s);
});

test("another base URL than the one that wrote the state is another place, without asking", async () => {
  const fake = scripted();
  const home = { account: accountMark("a"), server: serverMark({ baseUrl: "https://eu.openrouter.ai/api/v1" }) };
  const error = await failureOf(confirmSameAccount(fake.api, home, rememberedWorkspaces()));
  expect(error).toBeInstanceOf(WrongAccount);
  expect(error.message).toContain(`not found at ${BASE_URL}, and it was written through another base URL`);
});

test("who can't list the workspaces can't tell: the failure is passed on", async () => {
  const fake = answering(() => new ServerFailure(OPERATION, 500, "oops"));
  const home = { account: accountMark("a"), server: PRESENT };
  expect(await failureOf(confirmSameAccount(fake.api, home, rememberedWorkspaces()))).toBeInstanceOf(ServerFailure);
});

test("an account without workspaces is told by its base URL alone", async () => {
  const fake = scripted(list());
  const workspaces = rememberedWorkspaces();
  const home = await homeOf(fake.api, workspaces);
  expect(home).toEqual({ account: accountMark(undefined), server: PRESENT });
  await confirmSameAccount(fake.api, home, workspaces);
  const elsewhere = { ...home, server: serverMark({ baseUrl: "https://eu.openrouter.ai/api/v1" }) };
  expect(await failureOf(confirmSameAccount(fake.api, elsewhere, workspaces))).toBeInstanceOf(WrongAccount);
});

test("a failure to list the workspaces is told by each operation as its own", async () => {
  const fake = answering(() => new ServerFailure("create a", 500, "oops"));
  const workspaces = rememberedWorkspaces();
  const failures = ["create a", "create b"].map((operation) => failureOf(workspaces({ ...fake.api, operation })));
  expect((await Promise.all(failures)).map(({ message }) => message.slice(0, 9))).toEqual(["create a:", "create b:"]);
});
