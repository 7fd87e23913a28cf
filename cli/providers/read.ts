/** Reads the companies that serve models. The data of `providers`. */
import { listProviders, type Provider } from "../../provider/api/providers";
import { type Sources, withKeyIfRequired } from "../shared/catalog";

/** Fields keep their names; new ones may be added. */
export interface ProvidersData {
  providers: Provider[];
}

/** By name. */
export async function readProviders(sources: Sources): Promise<ProvidersData> {
  const providers = await withKeyIfRequired(sources, (account, authenticated) =>
    listProviders(account.start("read", "the list of providers"), authenticated),
  );
  return { providers: providers.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)) };
}
