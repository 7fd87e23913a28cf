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

test("adopting a key that is as declared reads it once and changes nothing; its key stays empty", async () => {
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

test("an adopted key is brought to what is declared by one PATCH of what differs", async () => {
  const live = { limit: 5, limit_reset: "daily", disabled: true };
  const fake = scripted(shown(live), shown({ limit: 9 }));
  await inferenceKey.create(contextOf(fake), keyInputs({ limit: 9 }));
  expect(fake.sent[1]).toEqual({
    method: "PATCH",
    path: `/keys/${HASH}`,
    body: { limit: 9, limit_reset: null, disabled: false },
  });
});

test("an adopted guardrail is brought to what is declared, and its id kept", async () => {
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
  ["expiresAt", { expiresAt: "2027-01-01T00:00:00Z" }, { expires_at: null }, /expiresAt is none, declared is 2027/],
  ["an expiry that is not declared", {}, { expires_at: "2027-01-01T00:00:00Z" }, /expiresAt is 2027.*declared is none/],
  ["externalUser", { externalUser: "a" }, { external_user: "b" }, /externalUser is b, declared is a/],
  ["creatorUserId", { creatorUserId: "user_ada" }, {}, new RegExp(`is ${CREATOR}, declared is user_ada`)],
])(
  "a live %s that differs is an error that shows both, before anything is changed",
  async (_title, given, live, said) => {
    const fake = scripted(shown(live));
    const error = await failureOf(inferenceKey.create(contextOf(fake), keyInputs(given)));
    expect(error).toBeInstanceOf(PreconditionError);
    expect(error.message).toMatch(said);
    expect(fake.lines()).toEqual([`GET /keys/${HASH}`]);
  },
);

test("the same expiry in another form, and what is left to the server, is no obstacle", async () => {
  const fake = scripted(shown({ expires_at: "2027-01-01T00:00:00.000000+00:00" }));
  await inferenceKey.create(contextOf(fake), keyInputs({ expiresAt: "2027-01-01T02:00:00+02:00" }));
  expect(fake.sent).toHaveLength(1);
});

test("an adopted key in another workspace is moved to the declared one, and keeps its value", async () => {
  const fake = scripted(shown(), shown({ workspace_id: OTHER_WORKSPACE }));
  const { outputs } = await inferenceKey.create(contextOf(fake), keyInputs({ workspaceId: OTHER_WORKSPACE }));
  expect(fake.sent[1]).toEqual({ method: "PATCH", path: `/keys/${HASH}`, body: { workspace_id: OTHER_WORKSPACE } });
  expect(outputs.workspaceId).toBe(OTHER_WORKSPACE);
});

test("another workspace of an adopted guardrail is an error that shows both", async () => {
  const fake = scripted({ data: wireGuardrail() });
  const create = guardrail.create(contextOf(fake), guardrailInputs({ workspaceId: OTHER_WORKSPACE }));
  expect((await failureOf(create)).message).toContain(`workspaceId is ${WORKSPACE}, declared is ${OTHER_WORKSPACE}`);
});

test("nothing to adopt is an error and no new key", async () => {
  const fake = scripted(gone);
  const error = await failureOf(inferenceKey.create(contextOf(fake), keyInputs()));
  expect(error.message).toMatch(/nothing to adopt with the id/);
  expect(fake.lines()).toEqual([`GET /keys/${HASH}`]);
});

test("a failure after the adoption keeps what was adopted in state", async () => {
  const broken = new ServerError(OPERATION, 500, "Internal Server Error");
  const error = await failureOf(inferenceKey.create(contextOf(scripted(shown(), broken)), keyInputs({ limit: 5 })));
  expect(error).toBeInstanceOf(PartialFailureError);
  expect(error).toMatchObject({ id: HASH, outputs: { name: "ci", adopt: HASH } });
});

test("an adopted object is never destroyed by its own replacement, also when its id was written in capitals", async () => {
  const capitals = "AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA";
  const fake = scripted({ data: wireGuardrail({ id: capitals.toLowerCase() }) });
  const inputs = guardrailInputs({ adopt: capitals });
  const { id } = await guardrail.create(contextOf(fake), inputs);
  expect(guardrail.claims(id, inputs)).toEqual([id]);
});

describe("two resources that adopt one object", () => {
  const patient = () => {
    let reply: (value: object) => void = () => undefined;
    const answer = new Promise<object>((resolve) => {
      reply = resolve;
    });
    return { fake: responding(() => answer), reply: (value: object) => reply(value) };
  };

  test("the second is refused while the first is still waiting for its first response", async () => {
    const { fake, reply } = patient();
    const context = contextOf(fake, newSession());
    const first = inferenceKey.create(context, keyInputs());
    const second = await failureOf(inferenceKey.create(context, keyInputs()));
    expect(second).toBeInstanceOf(PreconditionError);
    expect(second.message).toBe(
      `${OPERATION}: another resource of this program manages or adopts ${HASH} already. ` +
        "Keep one of them; to replace an adopted one, remove `adopt` first.",
    );
    reply(shown());
    expect((await first).id).toBe(HASH);
    expect(fake.sent).toHaveLength(1);
  });

  test("the second is refused after the first is done", async () => {
    const context = contextOf(scripted({ data: wireGuardrail() }), newSession());
    await guardrail.create(context, guardrailInputs());
    const error = await failureOf(guardrail.create(context, guardrailInputs({ adopt: GUARDRAIL.toUpperCase() })));
    expect(error).toBeInstanceOf(PreconditionError);
  });

  test("what a resource of the program has had since before this run can't be adopted by another", async () => {
    const session = newSession();
    session.managed.set(HASH, {});
    const fake = scripted();
    expect(await failureOf(inferenceKey.create(contextOf(fake, session), keyInputs()))).toBeInstanceOf(
      PreconditionError,
    );
  });

  test("a failed adoption gives the id back, so that another can have it", async () => {
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

test("claims is for the named object only", () => {
  expect(inferenceKey.claims(HASH, keyInputs({ adopt: OTHER_HASH }))).toEqual([]);
  expect(inferenceKey.claims(HASH, checked(inferenceKey, { name: "ci" }))).toEqual([]);
  expect(guardrail.claims(GUARDRAIL, guardrailInputs({ adopt: OTHER_GUARDRAIL }))).toEqual([]);
});
