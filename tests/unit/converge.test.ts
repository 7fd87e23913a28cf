/** Writing what differs until the API shows what is declared, and what a failure on the way keeps in state. */
import { ApiError, NotAppliedError, PartialFailureError, ServerError } from "../../provider/errors";
import type { EditableCollection } from "../../provider/reconcile/collection";
import { converge, convergeChanges, type Settings } from "../../provider/reconcile/converge";
import { OPERATION, scripted } from "./support/fakeApi";
import { contextOf, failureOf } from "./support/samples";

interface Thing {
  name: string;
  limit: number | null;
  createdAt: null;
}
type Fields = Pick<Thing, "name" | "limit">;
interface Outputs {
  shown: Fields;
}

const rejected = new ApiError(OPERATION, 400, "no");
const lost = new ServerError(OPERATION, 503, "oops");
const A5: Fields = { name: "a", limit: 5 };
const A6: Fields = { name: "a", limit: 6 };
const fieldsOf = ({ name, limit }: Fields): Fields => ({ name, limit });

/** An object that stores each write as `store` says. */
function account(live: Fields, store: (written: Partial<Fields>) => Partial<Fields> = (written) => written) {
  let present: Thing = { ...live, createdAt: null };
  const requests: unknown[] = [];
  const unused = () => Promise.reject(new Error("must not be called"));
  const things: EditableCollection<Thing, Fields> = {
    name: "things",
    noun: "thing",
    idOf: () => "id",
    read: async () => {
      requests.push("read");
      return present;
    },
    update: async (_api, _id, written) => {
      requests.push(written);
      present = { ...present, ...store(written) };
      return present;
    },
    remove: unused,
    readPage: unused,
    list: unused,
    listNewest: unused,
  };
  return { things, requests, live: present };
}

const settings = (desired: Fields): Settings<Thing, Fields, Outputs> => ({
  desired: () => desired,
  observed: fieldsOf,
  outputs: (live) => ({ shown: fieldsOf(live) }),
});
const context = () => contextOf(scripted());
const OLDS: Outputs = { shown: A5 };

describe("after a create or an adoption", () => {
  test("reads and writes nothing when the API shows what is declared", async () => {
    const { things, requests, live } = account(A5);
    expect(await converge(context(), things, settings(A5), live)).toEqual({ id: "id", outputs: { shown: A5 } });
    expect(requests).toEqual([]);
  });

  test.each<[string, Partial<Settings<Thing, Fields, Outputs>>]>([
    ["the first write fails", {}],
    [
      "an immutable setting differs",
      {
        verify: () => {
          throw rejected;
        },
      },
    ],
  ])("keeps the object in state when %s", async (_title, more) => {
    const { things, live } = account(A5);
    things.update = () => Promise.reject(rejected);
    const error = await failureOf(converge(context(), things, { ...settings(A6), ...more }, live));
    expect(error).toMatchObject({ id: "id", outputs: { shown: A5 }, cause: rejected });
  });
});

describe("on an update", () => {
  test("writes only what the program has changed, and keeps what the state remembers of the rest", async () => {
    const { things, requests } = account({ name: "drifted", limit: 5 });
    const outputs = await convergeChanges(context(), things, settings(A6), "id", OLDS, A5);
    expect({ outputs, requests }).toEqual({ outputs: { shown: A6 }, requests: [{ limit: 6 }] });
  });

  test("compares all fields after a partial failure", async () => {
    const { things, requests } = account({ name: "written then", limit: 5 });
    const unfinished = { ...context(), unfinished: true };
    const outputs = await convergeChanges(unfinished, things, settings(A6), "id", OLDS, A5);
    expect({ outputs, requests }).toEqual({ outputs: { shown: A6 }, requests: [{ limit: 6 }, { name: "a" }] });
  });

  test("reads the object when there is nothing to write", async () => {
    const { things, requests } = account({ name: "drifted", limit: 7 });
    const outputs = await convergeChanges(context(), things, settings(A5), "id", OLDS, A5);
    expect({ outputs, requests }).toEqual({ outputs: { shown: A5 }, requests: ["read", A5] });
  });

  test("fails after two writes of a field that the API accepts and does not apply", async () => {
    const { things, requests } = account({ name: "a", limit: 7 }, () => ({}));
    const error = await failureOf(convergeChanges(context(), things, settings(A5), "id", OLDS, A5));
    expect(error.cause).toBeInstanceOf(NotAppliedError);
    expect(error.message).toContain("the API accepted limit but shows a different value");
    expect(requests).toEqual(["read", { limit: 5 }, { limit: 5 }]);
  });

  test("fails without a partial state when the API rejects the first write", async () => {
    const { things } = account(A5);
    things.update = () => Promise.reject(rejected);
    expect(await failureOf(convergeChanges(context(), things, settings(A6), "id", OLDS, A5))).toBe(rejected);
  });

  test("fails without a partial state when an object that was only read can't be interpreted", async () => {
    const { things } = account(A5);
    const broken = { ...settings(A5), observed: () => Promise.reject(rejected) };
    expect(await failureOf(convergeChanges(context(), things, broken, "id", OLDS, A5))).toBe(rejected);
  });

  test("keeps the remembered outputs when the response to the write is lost", async () => {
    const { things } = account(A5);
    things.update = () => Promise.reject(lost);
    const error = await failureOf(convergeChanges(context(), things, settings(A6), "id", OLDS, A5));
    expect(error).toBeInstanceOf(PartialFailureError);
    expect(error).toMatchObject({ id: "id", outputs: OLDS, cause: lost });
  });

  test("keeps what the API returned last when a later write fails", async () => {
    const { things } = account(A5, () => ({ limit: 1 }));
    const { update } = things;
    let writes = 0;
    things.update = (...args) => (++writes === 1 ? update(...args) : Promise.reject(rejected));
    const error = await failureOf(convergeChanges(context(), things, settings(A6), "id", OLDS, A5));
    expect(error).toMatchObject({ id: "id", outputs: { shown: { name: "a", limit: 1 } } });
  });
});
