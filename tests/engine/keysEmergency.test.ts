/** What `keys disable`, `enable` and `limit` print about Pulumi is true: what a plain `up` and a refresh do after them. */
import { keysCommand } from "../../cli/keys/command";
import { credentials } from "../cli/support/account";
import { file } from "../cli/support/states";
import { run } from "../cli/support/terminal";
import {
  type Declaration,
  type DeclaredStack,
  effectsOf,
  NO_EFFECTS,
  openDeclaredStack,
} from "./support/declaredStack";

const refresh = { refresh: true };
const key = (args: object): Declaration => ({ ci: { kind: "InferenceKey", args: { ...args } } });

/** A stack with one key, and a function that runs a command on it with the state of the stack. */
async function openWithKey(args: object) {
  const s = await openDeclaredStack();
  await s.up(key(args));
  const hash = await s.idOf("ci");
  const emergency = async ([name = "", ...values]: string[]) => {
    const state = file(JSON.stringify(await s.stack.exportState()));
    const words = [name, hash, ...values, "--yes", "--state", state];
    const { out, code } = await run(keysCommand, words, { env: credentials(s.simulator) });
    expect(code).toBe(0);
    expect(out).toContain('Stack declared/test manages this key, as InferenceKey "ci".');
    return out;
  };
  return { s, emergency, live: () => liveKey(s, hash) };
}

function liveKey({ simulator }: DeclaredStack, hash: string) {
  const { disabled, limit, limit_reset } = simulator.account.keys.find((each) => each.hash === hash) ?? {};
  return { disabled, limit, limit_reset };
}

test("a plain up leaves a disabled key, also one that changes its limit, and an up with refresh enables it", async () => {
  const { s, emergency, live } = await openWithKey({ limit: 10 });
  const out = await emergency(["disable"]);
  expect(out).toContain("A plain `pulumi up` leaves the key disabled.");
  expect(effectsOf(await s.up())).toEqual(NO_EFFECTS);
  await s.up(key({ limit: 12 }));
  expect(live()).toEqual({ disabled: true, limit: 12, limit_reset: null });
  await s.up(undefined, refresh);
  expect(live()).toMatchObject({ disabled: false, limit: 12 });
});

test("an up after a separate refresh enables a disabled key", async () => {
  const { s, emergency, live } = await openWithKey({ limit: 10 });
  await emergency(["disable"]);
  await s.refresh();
  expect(live().disabled).toBe(true);
  await s.up();
  expect(live().disabled).toBe(false);
});

test("the printed lines of the program make a disabled key and a limit permanent, also when refreshed", async () => {
  const { s, emergency, live } = await openWithKey({ limit: 10, limitReset: "monthly" });
  await emergency(["disable"]);
  const out = await emergency(["limit", "3", "--reset", "daily"]);
  const [, lines = ""] = /InferenceKey:\n((?: {4}.*\n?)+)/.exec(out) ?? [];
  const printed = new Function(`return { ${lines} disabled: true, }`)() as object;
  expect(printed).toEqual({ limit: 3, limitReset: "daily", disabled: true });
  await s.up(key(printed));
  expect(effectsOf(await s.up(undefined, refresh))).toEqual(NO_EFFECTS);
  expect(live()).toEqual({ disabled: true, limit: 3, limit_reset: "daily" });
});

test("a plain up leaves a key that was enabled, and one with refresh disables it until the program omits it", async () => {
  const { s, emergency, live } = await openWithKey({ limit: 10, disabled: true });
  await emergency(["enable"]);
  expect(effectsOf(await s.up())).toEqual(NO_EFFECTS);
  expect(live().disabled).toBe(false);
  await s.up(undefined, refresh);
  expect(live().disabled).toBe(true);
  await emergency(["enable"]);
  await s.up(key({ limit: 10 }));
  await s.up(undefined, refresh);
  expect(live().disabled).toBe(false);
});
