/** Limits how often an account is read. */

/**
 * The result of the last call, if that is in progress or began less than an interval ago; else that of a new call.
 *
 * @param now Milliseconds of a clock that never goes back.
 */
export function atMostEvery<Result>(
  intervalMs: number,
  call: () => Promise<Result>,
  now: () => number,
): () => Promise<Result> {
  let last: { result: Promise<Result>; beganAt: number; isDone: boolean } | undefined;
  return () => {
    if (last && (!last.isDone || now() - last.beganAt < intervalMs)) return last.result;
    const current = { result: call(), beganAt: now(), isDone: false };
    const done = () => {
      current.isDone = true;
    };
    current.result.then(done, done);
    last = current;
    return current.result;
  };
}
