/** Reads presets. The data of `presets` and `presets show`. */
import { allOf } from "../../provider/api/pages";
import {
  listPresets,
  type Preset,
  type PresetInFull,
  readPreset as readPresetInFull,
} from "../../provider/api/presets";
import { NotFoundError } from "../../provider/errors";
import { clean } from "../../provider/text";
import type { Account } from "../shared/account";
import { UsageError } from "../shared/terminal";

/** Fields keep their names; new ones may be added. */
export interface PresetsData {
  presets: Preset[];
}

/** Those that were updated last come first. */
export async function readPresets(account: Account): Promise<PresetsData> {
  return { presets: await allOf(listPresets(account.start("read", "the list of presets"))) };
}

/** @throws UsageError if there is no such preset */
export async function readPreset(account: Account, slug: string): Promise<PresetInFull> {
  try {
    return await readPresetInFull(account.start("read", `preset ${clean(slug)}`), slug);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new UsageError(
      `no preset of this account has the slug "${clean(slug)}"; \`pulumi-openrouter presets\` lists them`,
    );
  }
}
