/** A process that is killed at one of its calls: the operation ends there, and none of its code continues. */
import { AsyncLocalStorage } from "node:async_hooks";
import * as transport from "../../../provider/api/transport";
import type { When } from "../../../testing/simulator/index";

/** At the n-th call, before it is sent or once it has had its effect. */
export interface Kill {
  nth: number;
  when: When;
}

const killing = new AsyncLocalStorage<<Response>(send: () => Promise<Response>) => Promise<Response>>();
const { send } = transport;
jest.spyOn(transport, "send").mockImplementation((request) => {
  const kill = killing.getStore();
  return kill ? kill(() => send(request)) : send(request);
});

/** Runs an operation until it ends, or until its n-th call. Returns whether it was killed. */
export function runUntilKilled({ nth, when }: Kill, work: () => Promise<void>): Promise<"killed" | undefined> {
  return new Promise((resolve, reject) => {
    let calls = 0;
    let last: Promise<unknown> | undefined;
    const atCall = async <Response>(send: () => Promise<Response>): Promise<Response> => {
      if (++calls < nth) return send();
      last ??= when === "after commit" ? send().catch(() => {}) : Promise.resolve();
      await last;
      resolve("killed");
      return new Promise<never>(() => {});
    };
    killing.run(atCall, work).then(() => resolve(undefined), reject);
  });
}
