import { NotFoundError, PartialFailureError, PreconditionError, ServerError } from "../../provider/errors";
import { guardrail } from "../../provider/resources/guardrail";
import { inferenceKey } from "../../provider/resources/inferenceKey";
import { OPERATION, responding, scripted } from "./support/fakeApi";
import {
  CREATOR,
  checked,
  contextOf,
  failureOf,
  GUARDRAIL,
  HASH,
  newSession,
  OTHER_GUARDRAIL,
  OTHER_HASH,
  OTHER_WORKSPACE,
  throughState,
  WORKSPACE,
  wireGuardrail,
  wireKey,
} from "./support/samples";

const keyInputs = (given: object = {}) => checked(inferenceKey, { name: "ci", adopt: HASH, ...given });
const guardrailInputs = (given: object = {}) => checked(guardrail, { name: "safe", adopt: GUARDRAIL, ...given });
const shown = (settings: object = {}) => ({ data: wireKey(settings) });
const gone = new NotFoundError(OPERATION, 404, "Resource not found");

test("reads a key once and changes nothing when it matches the declaration; its secret stays empty", async () => {
  const fake = scripted(shown({ limit: 5 }));
  const session = newSession();
  const { id, outputs } = await inferenceKey.create(contextOf(fake, session), keyInputs({ limit: 5 }));
  expect(fake.lines()).toEqual([`GET /keys/${HASH}`]);
  expect(id).toBe(HASH);
  expect(outputs.key.reveal()).toBe("");
  expect(outputs.adopt).toBe(HASH);
  expect(inferenceKey.claims(HASH, keyInputs({ limit: 5 }))).toEqual([HASH]);
  expect(inferenceKey.diff(throughState(outputs), keyInputs({ limit: 5 })).changed).toBe(false);
});

test("updates an adopted key with one PATCH of the settings that differ", async () => {
  const live = { limit: 5, limit_reset: "daily", disabled: true };
  const fake = scripted(shown(live), shown({ limit: 9 }));
  await inferenceKey.create(contextOf(fake), keyInputs({ limit: 9 }));
  expect(fake.sent[1]).toEqual({
    method: "PATCH",
    path: `/keys/${HASH}`,
    body: { limit: 9, limit_reset: null, disabled: false },
  });
});

test("updates an adopted guardrail to match the declaration, and keeps its id", async () => {
  const live = wireGuardrail({ limit_usd: 9, reset_interval: "daily", enforce_zdr_xai: false });
  const fake = scripted({ data: live }, { data: wireGuardrail({ enforce_zdr_xai: false }) });
  const session = newSession();
  const { id, outputs } = await guardrail.create(contextOf(fake, session), guardrailInputs());
  expect(fake.sent[1]?.body).toEqual({ limit_usd: null, reset_interval: null, enforce_zdr_xai: null });
  expect(id).toBe(GUARDRAIL);
  expect(guardrail.claims(GUARDRAIL, guardrailInputs())).toEqual([GUARDRAIL]);
  expect(guardrail.diff(throughState(outputs), guardrailInputs()).changed).toBe(false);
});

test.each([
  [
    "expiry that the API does not show",
    { expiresAt: "2027-01-01T00:00:00Z" },
    { expires_at: null },
    /expiresAt is unset, declared is 2027/,
  ],
  ["expiry that is not declared", {}, { expires_at: "2027-01-01T00:00:00Z" }, /expiresAt is 2027.*declared is unset/],
  ["external user", { externalUser: "a" }, { external_user: "b" }, /externalUser is b, declared is a/],
  ["creator", { creatorUserId: "user_ada" }, {}, new RegExp(`is ${CREATOR}, declared is user_ada`)],
])(
  "rejects an adoption before any write and shows both values when they differ: %s",
  async (_title, given, live, message) => {
    const fake = scripted(shown(live));
    const error = await failureOf(inferenceKey.create(contextOf(fake), keyInputs(given)));
    expect(error).toBeInstanceOf(PreconditionError);
    expect(error.message).toMatch(message);
    expect(fake.lines()).toEqual([`GET /keys/${HASH}`]);
  },
);

test("accepts an equal expiry in another format, and settings that the server chose", async () => {
  const fake = scripted(shown({ expires_at: "2027-01-01T00:00:00.000000+00:00" }));
  await inferenceKey.create(contextOf(fake), keyInputs({ expiresAt: "2027-01-01T02:00:00+02:00" }));
  expect(fake.sent).toHaveLength(1);
});

test("moves an adopted key to the declared workspace, and keeps its secret", async () => {
  const fake = scripted(shown(), shown({ workspace_id: OTHER_WORKSPACE }));
  const { outputs } = await inferenceKey.create(contextOf(fake), keyInputs({ workspaceId: OTHER_WORKSPACE }));
  expect(fake.sent[1]).toEqual({ method: "PATCH", path: `/keys/${HASH}`, body: { workspace_id: OTHER_WORKSPACE } });
  expect(outputs.workspaceId).toBe(OTHER_WORKSPACE);
});

test("rejects the adoption of a guardrail in another workspace, and shows both", async () => {
  const fake = scripted({ data: wireGuardrail() });
  const create = guardrail.create(contextOf(fake), guardrailInputs({ workspaceId: OTHER_WORKSPACE }));
  expect((await failureOf(create)).message).toContain(`workspaceId is ${WORKSPACE}, declared is ${OTHER_WORKSPACE}`);
});

test("fails without creating a key when the id to adopt does not exist", async () => {
  const fake = scripted(gone);
  const error = await failureOf(inferenceKey.create(contextOf(fake), keyInputs()));
  expect(error.message).toMatch(/nothing to adopt with the id/);
  expect(fake.lines()).toEqual([`GET /keys/${HASH}`]);
});

test("keeps the adopted key in state when a later write fails", async () => {
  const broken = new ServerError(OPERATION, 500, "Internal Server Error");
  const error = await failureOf(inferenceKey.create(contextOf(scripted(shown(), broken)), keyInputs({ limit: 5 })));
  expect(error).toBeInstanceOf(PartialFailureError);
  expect(error).toMatchObject({ id: HASH, outputs: { name: "ci", adopt: HASH } });
});

test("claims an adopted guardrail, so that a replacement can't delete it, even when `adopt` is in capitals", async () => {
  const capitals = "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA";
  const fake = scripted({ data: wireGuardrail({ id: capitals.toLowerCase() }) });
  const inputs = guardrailInputs({ adopt: capitals });
  const { id } = await guardrail.create(contextOf(fake), inputs);
  expect(guardrail.claims(id, inputs)).toEqual([id]);
});

describe("a second adoption of one object", () => {
  const delayed = () => {
    let resolveResponse: (value: object) => void = () => undefined;
    const response = new Promise<object>((resolve) => {
      resolveResponse = resolve;
    });
    return { fake: responding(() => response), respond: (value: object) => resolveResponse(value) };
  };

  test("fails while the first waits for its first response", async () => {
    const { fake, respond } = delayed();
    const context = contextOf(fake, newSession());
    const first = inferenceKey.create(context, keyInputs());
    const second = await failureOf(inferenceKey.create(context, keyInputs()));
    expect(second).toBeInstanceOf(PreconditionError);
    expect(second.message).toBe(
      `${OPERATION}: another resource of this program manages or adopts ${HASH} already. ` +
        "Keep one of them; to replace an adopted one, remove `adopt` first.",
    );
    respond(shown());
    expect((await first).id).toBe(HASH);
    expect(fake.sent).toHaveLength(1);
  });

  test("fails after the first is complete", async () => {
    const context = contextOf(scripted({ data: wireGuardrail() }), newSession());
    await guardrail.create(context, guardrailInputs());
    const error = await failureOf(guardrail.create(context, guardrailInputs({ adopt: GUARDRAIL.toUpperCase() })));
    expect(error).toBeInstanceOf(PreconditionError);
  });

  test("fails when a resource has managed the object since an earlier run", async () => {
    const session = newSession();
    session.managed.set(HASH, {});
    const fake = scripted();
    expect(await failureOf(inferenceKey.create(contextOf(fake, session), keyInputs()))).toBeInstanceOf(
      PreconditionError,
    );
  });

  test("succeeds when the first failed", async () => {
    const fake = scripted(gone, new ServerError(OPERATION, 500, "oops"), shown());
    const session = newSession();
    const context = contextOf(fake, session);
    for (const _failure of [1, 2]) {
      await failureOf(inferenceKey.create(context, keyInputs()));
      expect([...session.adoptedIds, ...session.claimedIds]).toEqual([]);
    }
    expect((await inferenceKey.create(context, keyInputs())).id).toBe(HASH);
    expect([...session.adoptedIds, ...session.claimedIds]).toEqual([HASH, HASH]);
  });
});

test("claims only the object that `adopt` names", () => {
  expect(inferenceKey.claims(HASH, keyInputs({ adopt: OTHER_HASH }))).toEqual([]);
  expect(inferenceKey.claims(HASH, checked(inferenceKey, { name: "ci" }))).toEqual([]);
  expect(guardrail.claims(GUARDRAIL, guardrailInputs({ adopt: OTHER_GUARDRAIL }))).toEqual([]);
});
