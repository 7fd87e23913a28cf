/** Which inputs differ, for the engine to show. */
import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../host/state";

/** Pulumi's names. */
export type InputChange = "ADD" | "ADD_REPLACE" | "DELETE" | "DELETE_REPLACE" | "UPDATE" | "UPDATE_REPLACE";

/** @param replaces Inputs whose change replaces the object; each is shown, even if only its live value differs. */
export function changedInputs(
  olds: Properties,
  news: Properties,
  replaces: readonly string[],
): Map<string, InputChange> {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)].filter((name) => !name.startsWith("__")));
  const changed = [...names].filter((name) => replaces.includes(name) || !isDeepStrictEqual(olds[name], news[name]));
  return new Map(
    changed.map((name) => {
      const change = olds[name] === undefined ? "ADD" : news[name] === undefined ? "DELETE" : "UPDATE";
      return [name, replaces.includes(name) ? (`${change}_REPLACE` as const) : change];
    }),
  );
}
