/** Operations of one subject each that go out as one request. */
import { KeyRefused, NotAsDeclared, NotFound, RateLimited, Refused, ServerFailure } from "../../provider/api/errors";
import { Gathering } from "../../provider/resources/gathering";
import { answering } from "./support/fakeApi";
import { failureOf } from "./support/samples";

const { api } = answering(() => ({}));
const as = (operation: string) => ({ ...api, operation });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Requests as the lists of their subjects; each takes some time. */
function gathering(
  fail: (subjects: readonly string[]) => Error | undefined = () => undefined,
  { takes = 50, parallelism = 1_000 } = {},
) {
  const requests: string[][] = [];
  const gathered = new Gathering<string>(
    async (sender, subjects) => {
      requests.push([...subjects]);
      await new Promise((resolve) => setTimeout(resolve, takes));
      const error = fail(subjects);
      if (error) throw error;
      return new Map(subjects.map((subject) => [subject, `${subject} by ${sender.operation}`]));
    },
    () => parallelism,
  );
  return { gathered, requests };
}

test("who starts at the same time shares one request, and is told its own result", async () => {
  const { gathered, requests } = gathering();
  const all = ["a", "b", "c"].map((subject) => gathered.add(as(subject), subject));
  await jest.runAllTimersAsync();
  expect(await Promise.all(all)).toEqual(["a by c", "b by c", "c by c"]);
  expect(requests).toEqual([["a", "b", "c"]]);
});

test("who comes while a request is under way joins the next", async () => {
  const { gathered, requests } = gathering();
  void gathered.add(api, "a");
  await jest.advanceTimersByTimeAsync(220);
  for (const subject of ["b", "c"]) void gathered.add(api, subject);
  await jest.advanceTimersByTimeAsync(40);
  void gathered.add(api, "d");
  await jest.runAllTimersAsync();
  expect(requests).toEqual([["a"], ["b", "c", "d"]]);
});

test("a request that takes very long does not hold up the next", async () => {
  const { gathered, requests } = gathering(undefined, { takes: 60_000 });
  void gathered.add(api, "a");
  await jest.advanceTimersByTimeAsync(300);
  void gathered.add(api, "b");
  await jest.advanceTimersByTimeAsync(5_000);
  expect(requests).toEqual([["a"], ["b"]]);
  await jest.runAllTimersAsync();
});

test("there are no more subjects in a request than on a page, and none twice", async () => {
  const { gathered, requests } = gathering();
  const subjects = Array.from({ length: 130 }, (_, index) => `key ${index}`);
  const all = [...subjects, "key 0"].map((subject) => gathered.add(api, subject));
  await jest.runAllTimersAsync();
  await Promise.all(all);
  expect(requests.map(({ length }) => length)).toEqual([100, 31]);
  const twice = gathering();
  const both = [twice.gathered.add(api, "a"), twice.gathered.add(api, "a")];
  await jest.runAllTimersAsync();
  expect(await Promise.all(both)).toHaveLength(2);
  expect(twice.requests).toEqual([["a"]]);
});

test("a request that is refused is divided until only the culprits fail", async () => {
  const foreign = new Set(["c", "g"]);
  const { gathered, requests } = gathering((subjects) =>
    subjects.some((subject) => foreign.has(subject))
      ? new Refused("the batch", 400, "Some keys are foreign")
      : undefined,
  );
  const outcomes = [..."abcdefgh"].map((subject) =>
    gathered.add(as(`assign ${subject}`), subject).catch((error: Error) => error),
  );
  await jest.runAllTimersAsync();
  const failed = (await Promise.all(outcomes)).filter((outcome) => outcome instanceof Error);
  expect(failed.map((error) => (error as Error).message)).toEqual([
    "assign c: the API refused it (400: Some keys are foreign)",
    "assign g: the API refused it (400: Some keys are foreign)",
  ]);
  expect(requests.length).toBeLessThan(16);
});

test.each([
  ["a failure of the server", new ServerFailure("the batch", 500, "oops"), /^assign .: the API failed/],
  ["a rate limit", new RateLimited("the batch", 429, "slow down", undefined), /^assign .: the API refused it \(429/],
  ["a guardrail that is gone", new NotFound("the batch", 404, "Guardrail not found"), /^assign .: .*404/],
  ["a refused key", new KeyRefused("the batch", 401, "no"), /^assign .: .*401/],
  ["any other failure", new NotAsDeclared("the batch", "odd", "look"), /^the batch: odd/],
])("%s is told to all, and not asked for again", async (_title, error, message) => {
  const { gathered, requests } = gathering(() => error);
  const failures = ["a", "b"].map((subject) => failureOf(gathered.add(as(`assign ${subject}`), subject)));
  await jest.runAllTimersAsync();
  for (const failure of failures) expect((await failure).message).toMatch(message);
  expect(requests).toHaveLength(1);
});

test("as many as the engine has under way go out at once, and fewer after a moment", async () => {
  const { gathered, requests } = gathering(undefined, { parallelism: 2 });
  for (const subject of ["a", "b"]) void gathered.add(api, subject);
  await jest.advanceTimersByTimeAsync(20);
  expect(requests).toEqual([["a", "b"]]);
  await jest.runAllTimersAsync();
  void gathered.add(api, "c");
  await jest.advanceTimersByTimeAsync(180);
  expect(requests).toHaveLength(1);
  await jest.runAllTimersAsync();
  expect(requests).toEqual([["a", "b"], ["c"]]);
});
