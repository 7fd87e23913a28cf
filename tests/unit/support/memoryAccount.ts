import { NotFoundError } from "../../../provider/errors";
import { type FakeApi, OPERATION, responding, type SentRequest } from "./fakeApi";
import { GUARDRAIL, HASH, KEY, wireGuardrail, wireKey } from "./samples";

interface NewKey {
  external?: { user: string };
}

/** The fields of a created key: POST takes the external user as an object and shows it as one field. */
function fieldsOf({ external, ...fields }: NewKey): object {
  return external ? { ...fields, external_user: external.user } : fields;
}

/** An account with at most one key or guardrail, which stores every field unchanged. */
export interface MemoryAccount extends FakeApi {
  /** Saves the present object. */
  snapshot(): void;
  /** Restores the saved object, and clears the recorded requests. */
  restore(): void;
}

export function memoryAccount(): MemoryAccount {
  let path = "";
  let saved: object = {};
  let stored: object = {};

  function created(call: SentRequest): object {
    const isKey = call.path === "/keys";
    path = `${call.path}/${isKey ? HASH : GUARDRAIL}`;
    stored = isKey ? wireKey(fieldsOf(call.body as NewKey)) : wireGuardrail(call.body as object);
    return isKey ? { data: stored, key: KEY } : { data: stored };
  }

  const fake = responding((call) => {
    if (call.method === "POST") return created(call);
    if (call.path !== path) throw new NotFoundError(OPERATION, 404, "Resource not found");
    if (call.method === "PATCH") stored = { ...stored, ...(call.body as object) };
    return { data: stored };
  });
  return {
    ...fake,
    snapshot() {
      saved = stored;
    },
    restore() {
      stored = saved;
      fake.sent.length = 0;
    },
  };
}
