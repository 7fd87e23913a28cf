/** The JSON of every command: its data, and the release that printed it. */
import { createRequire } from "node:module";

/** Raised when a field is renamed, removed or changes its meaning; not for new fields. */
export const SCHEMA_VERSION = 1;

export const VERSION: string = createRequire(__filename)("pulumi-openrouter/package.json").version;

/** @param command Its name, such as `keys` or `models endpoints`. */
export function envelope(command: string, data: object): object {
  return { tool: "pulumi-openrouter", version: VERSION, command, schemaVersion: SCHEMA_VERSION, data };
}
