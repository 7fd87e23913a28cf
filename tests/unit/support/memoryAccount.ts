import { NotFoundError } from "../../../provider/errors";
import { answering, type FakeApi, OPERATION, type Sent } from "./fakeApi";
import { GUARDRAIL, HASH, KEY, wireGuardrail, wireKey } from "./samples";

interface NewKey {
  external?: { user: string };
}

/** What POST takes as an object, and shows as one field. */
function shownOf({ external, ...fields }: NewKey): object {
  return external ? { ...fields, external_user: external.user } : fields;
}

/** An account with room for one key or one guardrail, which keeps what it is told to the letter. */
export interface MemoryAccount extends FakeApi {
  /** Remembers what is there now. */
  remember(): void;
  /** Goes back to what was remembered, and forgets the requests since. */
  rewind(): void;
}

export function memoryAccount(): MemoryAccount {
  let path = "";
  let remembered: object = {};
  let kept: object = {};

  function created(call: Sent): object {
    const isKey = call.path === "/keys";
    path = `${call.path}/${isKey ? HASH : GUARDRAIL}`;
    kept = isKey ? wireKey(shownOf(call.body as NewKey)) : wireGuardrail(call.body as object);
    return isKey ? { data: kept, key: KEY } : { data: kept };
  }

  const fake = answering((call) => {
    if (call.method === "POST") return created(call);
    if (call.path !== path) throw new NotFoundError(OPERATION, 404, "Resource not found");
    if (call.method === "PATCH") kept = { ...kept, ...(call.body as object) };
    return { data: kept };
  });
  return {
    ...fake,
    remember() {
      remembered = kept;
    },
    rewind() {
      kept = remembered;
      fake.sent.length = 0;
    },
  };
}
