/** What every `--json` prints: the data of one command, and which release printed them. */
import { createRequire } from "node:module";

/** A field that is renamed or removed, or changes its meaning, raises it. New fields don't. */
export const SCHEMA_VERSION = 1;

export const VERSION: string = createRequire(__filename)("pulumi-openrouter/package.json").version;

/** @param command Its name as it was called, such as `keys` or `models endpoints`. */
export function envelope(command: string, data: object): object {
  return { tool: "pulumi-openrouter", version: VERSION, command, schemaVersion: SCHEMA_VERSION, data };
}
