/** How many requests are under way at a time, by what the API answers. */
import { Concurrency } from "../../provider/api/concurrency";

const LATE = Date.now() + 3_600_000;

/** Requests that end when they are told to. */
function server() {
  const concurrency = new Concurrency();
  const open: ((status: number) => void)[] = [];
  const start = (count: number) => {
    for (let i = 0; i < count; i++) {
      void concurrency.run(
        LATE,
        () => new Promise<{ status: number }>((resolve) => open.push((status) => resolve({ status }))),
      );
    }
    return settle();
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const answer = async (status: number, count = 1) => {
    for (const end of open.splice(0, count)) end(status);
    await settle();
  };
  return { start, answer, underWay: () => open.length };
}

test("as many as the engine brings, up to a bound", async () => {
  const s = server();
  await s.start(20);
  expect(s.underWay()).toBe(20);
  await s.start(100);
  expect(s.underWay()).toBe(64);
});

test("a 429 halves what was under way, once for all that were under way with it", async () => {
  const s = server();
  await s.start(40);
  await s.answer(429);
  await s.answer(429, 8);
  await s.start(40);
  await s.answer(200, 11);
  expect(s.underWay()).toBe(20);
});

test("a second 429, of a request sent after the first, halves again, down to one", async () => {
  const s = server();
  await s.start(8);
  await s.answer(429, 8);
  for (let i = 0; i < 4; i++) {
    await s.start(8);
    await s.answer(429, s.underWay());
  }
  expect(s.underWay()).toBe(1);
});

test("an API that fails brings nothing back", async () => {
  const s = server();
  await s.start(9);
  await s.answer(429, 9);
  await s.start(50);
  const most = s.underWay();
  for (let i = 0; i < 20; i++) await s.answer(503);
  expect(s.underWay()).toBe(most);
});

test("good answers bring it back slowly: one more for as many as may be under way", async () => {
  const s = server();
  await s.start(9);
  await s.answer(429, 9);
  await s.start(50);
  expect(s.underWay()).toBe(4);
  await s.answer(200, 4);
  expect(s.underWay()).toBe(4);
  await s.answer(200, 1);
  expect(s.underWay()).toBe(5);
});

test("a request that fails makes room as well", async () => {
  const concurrency = new Concurrency();
  const failing = () => Promise.reject(new Error("lost"));
  for (let i = 0; i < 70; i++) await concurrency.run(LATE, failing).catch(() => undefined);
  expect(await concurrency.run(LATE, async () => ({ status: 200 }))).toEqual({ status: 200 });
});

test("who waits for room waits until its time is up, and then is told so by what it sends", async () => {
  jest.useFakeTimers();
  const concurrency = new Concurrency();
  await concurrency.run(LATE, async () => ({ status: 429 }));
  void concurrency.run(LATE, () => new Promise<never>(() => undefined));
  const send = jest.fn(async () => ({ status: 200 }));
  void concurrency.run(Date.now() + 5_000, send);
  await jest.advanceTimersByTimeAsync(4_900);
  expect(send).not.toHaveBeenCalled();
  await jest.advanceTimersByTimeAsync(200);
  expect(send).toHaveBeenCalledTimes(1);
  jest.useRealTimers();
});
