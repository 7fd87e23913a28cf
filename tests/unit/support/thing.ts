import type { Values } from "../../../formats/values";
import { fixedKey } from "../../../provider/api/credential";
import { dynamicProvider } from "../../../provider/dynamic/host";
import type { DynamicProvider, Properties } from "../../../provider/dynamic/protocol";
import type { Process } from "../../../provider/host/process";
import { type NativeResource, nativeResource } from "../../../provider/native/host";
import { AccountGuard, type AccountRef } from "../../../provider/reconcile/account";
import type { Lifecycle } from "../../../provider/reconcile/lifecycle";
import { Secret } from "../../../provider/secret";
import { PUBLIC_BASE_URL } from "../../../provider/settings";
import { gate } from "../../../provider/text";
import { KEY, newSession } from "./samples";

/** A kind of resource that exists in these tests only. */
export interface Inputs {
  name: string;
  size?: number | undefined;
}
export interface Outputs extends Inputs {
  key: Secret;
}
export type Methods = Partial<Lifecycle<Inputs, Outputs>>;

export const PROVIDER = 'exports.handler = () => require("pulumi-openrouter/dynamic").provider("Thing");';
export const SECRET_ON_WIRE = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value: KEY,
};
export const MANAGEMENT_KEY = "a-management-key-without-a-known-format";
export const ACCOUNT_REF: AccountRef = { workspace: "home", server: PUBLIC_BASE_URL };
export const ORIGIN = { version: 1, account: "home" };
export const STATE: Properties = { name: "ci", key: KEY, __origin: ORIGIN, __provider: PROVIDER };
export const NEWS: Properties = { name: "ci", size: 2, __provider: PROVIDER };
export const outputs = (more: object = {}): Outputs => ({ name: "ci", key: new Secret(KEY), ...more });

export const never = () => {
  throw new Error("must not be called");
};

/** A guard with scripted methods. By default the account is the expected one, and objects that are not found are gone. */
export class ScriptedGuard extends AccountGuard {
  constructor(script: Partial<AccountGuard> = {}) {
    super(() => []);
    Object.assign(this, { present: async () => ACCOUNT_REF, confirmGone: async () => undefined }, script);
  }
}

export interface HostOptions extends Partial<Process> {
  baseUrl?: string;
}

/** A lifecycle with these methods. Any other method fails the test. */
function lifecycleWith(methods: Methods): Lifecycle<Inputs, Outputs> {
  return {
    title: "thing",
    secretOutputs: ["key"],
    computedOutputs: ["key"],
    hasDefaultName: true,
    nameOf: ({ name }) => name ?? "",
    isId: (id) => id === "id" || id === "other",
    idForm: "the number of the thing",
    claims: () => [],
    check: never,
    diff: never,
    create: never,
    read: never,
    update: never,
    delete: never,
    ...methods,
  };
}

function processWith({ baseUrl = PUBLIC_BASE_URL, ...options }: HostOptions): Process {
  return {
    configure: () => undefined,
    apiContext: () => ({
      settings: { credential: fixedKey(new Secret(MANAGEMENT_KEY)), baseUrl, source: "environment" },
      log: never,
      clock: {},
      written: () => undefined,
    }),
    accounts: new ScriptedGuard(),
    session: newSession(),
    gate: (text) => gate(text, new Secret(MANAGEMENT_KEY)),
    ...options,
  };
}

/** The dynamic provider of a lifecycle with these methods. */
export function provider(methods: Methods, options: HostOptions = {}): DynamicProvider {
  return dynamicProvider(lifecycleWith(methods), processWith(options));
}

/** The same with the native provider. It counts as a kind that exists, for the code that it keeps in the state. */
export function nativeThing(methods: Methods, options: HostOptions = {}): NativeResource {
  return nativeResource("InferenceKey", lifecycleWith(methods), processWith(options));
}

export const NATIVE_STATE: Values = { name: "ci", key: KEY, __origin: ORIGIN };

export const noCredentials: HostOptions = {
  apiContext: () => {
    throw new Error("no credentials");
  },
};

/** Whether Pulumi can carry this result: no value is undefined at any depth. */
export function hasNoUndefined(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.values(value).every(hasNoUndefined);
}
