/** Writing what differs until the API shows what is declared, and what a failure on the way keeps in state. */
import { ApiError, NotAppliedError, PartialFailureError, ServerError } from "../../provider/errors";
import { type Convergence, converge } from "../../provider/reconcile/converge";
import { OPERATION } from "./support/fakeApi";
import { failureOf } from "./support/samples";

interface Fields {
  name: string;
  limit: number | null;
}
type Task = Convergence<Fields, Fields>;

const refused = new ApiError(OPERATION, 400, "no");
const lost = new ServerError(OPERATION, 503, "oops");
const a5: Fields = { name: "a", limit: 5 };

/** An object that takes each write as `store` has it. */
function account(live: Fields, store: (written: Partial<Fields>) => Partial<Fields> = (written) => written) {
  let present = live;
  const requests: unknown[] = [];
  const task: Pick<Task, "operation" | "id" | "write" | "read" | "fieldsOf" | "outputsOf"> = {
    operation: OPERATION,
    id: "id",
    write: async (written) => {
      requests.push(written);
      present = { ...present, ...store(written) };
      return present;
    },
    read: async () => {
      requests.push("read");
      return present;
    },
    fieldsOf: ({ live: fields }) => fields,
    outputsOf: (fields) => ({ shown: fields }),
  };
  return { task, requests };
}

const remembering = (remembered: Fields) => ({ remembered, outputs: { old: remembered } });

test("reads and writes nothing more when the API shows what is declared", async () => {
  const { task, requests } = account(a5);
  expect(await converge({ ...task, desired: () => a5, from: { live: a5, written: {} } })).toEqual(a5);
  expect(requests).toEqual([]);
});

test("writes only what the program has changed, and keeps what the state remembers of the rest", async () => {
  const { task, requests } = account({ name: "drifted", limit: 5 });
  const desired = () => ({ name: "a", limit: 6 });
  expect(await converge({ ...task, desired, from: remembering(a5) })).toEqual({ name: "a", limit: 6 });
  expect(requests).toEqual([{ limit: 6 }]);
});

test("looks at all fields when an earlier failure makes doubtful what the state remembers", async () => {
  const { task, requests } = account({ name: "written then", limit: 5 });
  const from = { ...remembering(a5), unfinished: true };
  expect(await converge({ ...task, desired: () => ({ name: "a", limit: 6 }), from })).toEqual({ name: "a", limit: 6 });
  expect(requests).toEqual([{ limit: 6 }, { name: "a" }]);
});

test("looks at all fields when an update has nothing to write, which follows a failure", async () => {
  const { task, requests } = account({ name: "drifted", limit: 7 });
  expect(await converge({ ...task, desired: () => a5, from: remembering(a5) })).toEqual(a5);
  expect(requests).toEqual(["read", a5]);
});

test("is an error when an update after a failure is accepted and shown otherwise", async () => {
  const { task, requests } = account({ name: "a", limit: 7 }, () => ({}));
  const error = await failureOf(converge({ ...task, desired: () => a5, from: remembering(a5) }));
  expect(error.cause).toBeInstanceOf(NotAppliedError);
  expect(error.message).toContain("the API accepted limit and yet shows another value");
  expect(requests).toEqual(["read", { limit: 5 }, { limit: 5 }]);
});

test("fails without a partial state when nothing was written and the API refuses", async () => {
  const { task } = account(a5);
  const write = () => Promise.reject(refused);
  const update = converge({ ...task, write, desired: () => ({ ...a5, limit: 6 }), from: remembering(a5) });
  expect(await failureOf(update)).toBe(refused);
});

test("fails without a partial state when what was only read can't be interpreted", async () => {
  const { task } = account(a5);
  const fieldsOf = () => Promise.reject(refused);
  const update = converge({ ...task, fieldsOf, desired: () => a5, from: remembering(a5) });
  expect(await failureOf(update)).toBe(refused);
});

test("keeps the remembered outputs when it is not known whether a write took effect", async () => {
  const { task } = account(a5);
  const write = () => Promise.reject(lost);
  const update = converge({ ...task, write, desired: () => ({ ...a5, limit: 6 }), from: remembering(a5) });
  const error = await failureOf(update);
  expect(error).toBeInstanceOf(PartialFailureError);
  expect(error).toMatchObject({ id: "id", outputs: { old: a5 }, cause: lost });
});

test("keeps what the API showed last when a later write fails", async () => {
  const { task } = account(a5, () => ({ limit: 1 }));
  let writes = 0;
  const write: Task["write"] = (written) => (++writes === 1 ? task.write(written) : Promise.reject(refused));
  const update = converge({ ...task, write, desired: () => ({ ...a5, limit: 6 }), from: remembering(a5) });
  expect(await failureOf(update)).toMatchObject({ id: "id", outputs: { shown: { name: "a", limit: 1 } } });
});

test.each([
  ["the first write", {}],
  ["the step before it", { begin: () => Promise.reject(refused) }],
])("keeps a new object in state when %s fails", async (_title, more) => {
  const { task } = account(a5);
  const write = () => Promise.reject(refused);
  const create = { ...task, write, desired: () => ({ ...a5, limit: 6 }), from: { live: a5, written: {} }, ...more };
  expect(await failureOf(converge(create))).toMatchObject({ id: "id", outputs: { shown: a5 }, cause: refused });
});
