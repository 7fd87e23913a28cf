/** The configuration of a provider: an explicit `Provider` resource, or the stack configuration. */
import { parseUrn } from "../../formats/urn";
import type { Values } from "../../formats/values";
import { type Configuration, configuration } from "../settings";

const CREDENTIALS = ["managementKey", "federationPolicyId"];

/** @param urn Of the provider. Old engines send an empty one, and then count as using the stack configuration. */
export function nativeConfiguration(urn: string, args: Values): Configuration {
  const explicit = isExplicit(urn);
  const own = explicit && CREDENTIALS.some((name) => name in args);
  const marks: Values = { explicit: String(explicit), ownKey: String(own) };
  return configuration((key) => {
    const name = key.replace(/^openrouter:/, "");
    const value = marks[name] ?? args[name];
    return value === undefined || value === null ? undefined : String(value);
  });
}

/** The engine makes one for each version and download address of a plugin. A program may name its own `default_emea`. */
function isExplicit(urn: string): boolean {
  return urn !== "" && !/^default(_\d+_\d+_\d+.*|_(https?|git[a-z]*)_.*)?$/.test(parseUrn(urn).name);
}

/**
 * An empty credential of an explicit provider must not fall back to the environment, which may be meant for a different account.
 * The stack configuration counts only without the environment.
 */
export function configurationFailures(urn: string, args: Values): string[] {
  if (!isExplicit(urn)) return [];
  const declared = CREDENTIALS.filter((name) => name in args);
  const empty = declared.filter((name) => args[name] === "" || args[name] === null);
  return [
    ...empty.map((name) => `${name}: is declared but empty. Give it a value, or omit it`),
    ...(declared.length > 1 ? [`${declared.join(" and ")} are both declared. Omit one of them`] : []),
  ];
}
