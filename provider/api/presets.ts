/** Presets: `/presets`. Saved parameters of requests, in versions. Read only: the API can't change or delete them. */
import * as z from "zod";
import type { Api } from "./call";
import { PAGE_SIZE, pagesByTotal } from "./pages";
import { data, nullable, nullableNumber, nullableString, page } from "./shapes";

const preset = z.object({
  id: z.string().min(1),
  slug: z.string().min(1),
  name: nullableString,
  description: nullableString,
  /** `active`, `disabled` or `archived`. */
  status: nullableString,
  creatorUserId: nullableString,
  workspaceId: nullableString,
  createdAt: nullableString,
  updatedAt: nullableString,
});
export type Preset = z.output<typeof preset>;
const presetPage = page(preset);

const version = z.object({
  version: nullableNumber,
  /** Parameters with the names of a request. Anything may be in it. */
  config: nullable(z.record(z.string(), z.unknown())),
  systemPrompt: nullableString,
  creatorId: nullableString,
  createdAt: nullableString,
});

const presetInFull = preset.extend({ designatedVersion: nullable(version) });
/** With the version that requests use. */
export type PresetInFull = z.output<typeof presetInFull>;

/** Those that were updated last come first. */
export function listPresets(api: Api): AsyncGenerator<Preset> {
  return pagesByTotal(api.operation, (offset) =>
    api.request({ method: "GET", path: ["presets"], query: { offset, limit: PAGE_SIZE }, result: presetPage }),
  );
}

/** @throws NotFoundError */
export function readPreset(api: Api, slug: string): Promise<PresetInFull> {
  return api.request({ method: "GET", path: ["presets", slug], result: data(presetInFull) });
}
