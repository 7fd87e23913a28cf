/**
 * What `__v` says in the state of every object, in as few bytes as it takes: `1d@Xy3-aQ9z` is version 1, with the default
 * name, of the account `Xy3-a` at the server `Q9z`.
 */
import type { Home } from "../resources/account";

/** Says how to read the rest of a state. */
export const STATE_VERSION = 1;

interface Stamp {
  version: number;
  /** The object bears the default name, which nobody else gives to one. */
  defaultName: boolean;
  home: Home | undefined;
}

export function stamped({ account, server }: Home, defaultName: boolean): string {
  return `${STATE_VERSION}${defaultName ? "d" : ""}@${account}${server}`;
}

/** Undefined for what we did not write. Of a later version nothing is understood but its number. */
export function readStamp(value: unknown): Stamp | undefined {
  const [, version, defaultName, account, server] = /^(\d+)(d?)(?:@(.{5})(.{3}))?/.exec(String(value)) ?? [];
  if (version === undefined) return undefined;
  const home = account !== undefined && server !== undefined ? { account, server } : undefined;
  return { version: Number(version), defaultName: defaultName === "d", home };
}
