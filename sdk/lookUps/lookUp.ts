/** Asks the provider that the program uses: the native one through the engine, the dynamic one in the program's process. */
import * as pulumi from "@pulumi/pulumi";
import { isNative } from "../host";
import { rejection, withoutQuotes } from "../messages";
import { type LookUpSettings, settingsFor } from "../provider";

export type Inputs<Args> = { [Name in keyof Args]: pulumi.Input<Args[Name]> };

type Found = Record<string, unknown>;

export async function lookUp<Result>(name: string, args: object, opts: pulumi.InvokeOptions = {}): Promise<Result> {
  const found = isNative() ? await askEngine(name, args, opts) : await askWhenKnown(name, args, settingsFor(opts));
  if (found) return found as Result;
  // A promise has no value that means unknown.
  throw rejection(`${name}: the settings of its provider are not known in a preview. Use ${name}Output instead.`);
}

export function lookUpOutput<Result>(
  name: string,
  args: object,
  opts: pulumi.InvokeOptions = {},
): pulumi.Output<Result> {
  const given = pulumi.output(args);
  const found = isNative()
    ? given.apply(async (known) => (await askEngine(name, known, opts, given)) ?? UNKNOWN)
    : pulumi.all([given, settingsFor(opts)]).apply(([known, settings]) => askHere(name, known, settings, given));
  // The types of this package have no outputs inside.
  return found as pulumi.Output<unknown> as pulumi.Output<Result>;
}

const UNKNOWN = pulumi.output(pulumi.unknown as unknown as Found);

/** Undefined in a preview that does not know the settings: otherwise the promise would stay pending, without a message. */
async function askWhenKnown(name: string, args: object, settings: pulumi.Output<LookUpSettings>) {
  const { isKnown } = settings as typeof settings & { isKnown?: Promise<boolean> };
  if ((await isKnown) === false) return undefined;
  return new Promise<Found>((resolve) => settings.apply((known) => resolve(askHere(name, args, known))));
}

/** Undefined in a preview that does not know the settings: the engine then answers without asking. */
async function askEngine(name: string, args: object, opts: pulumi.InvokeOptions, given?: pulumi.Output<object>) {
  const ask = () => pulumi.runtime.invoke(`openrouter:index:${name}`, { ...args }, opts);
  const found: Found = (await explained(ask, args, given)) ?? {};
  return pulumi.runtime.isDryRun() && Object.keys(found).length === 0 ? undefined : found;
}

function askHere(name: string, args: object, { config, variables }: LookUpSettings, given?: pulumi.Output<object>) {
  const ask = async () => {
    // Loaded only by programs that look something up.
    const dynamic = await import("../../provider/dynamic/index");
    return dynamic.lookUp(name, { ...args }, config, variables) as Promise<Found>;
  };
  return explained(ask, args, given);
}

/** With the provider's message alone. @param given The arguments as outputs: a message must not quote a secret one. */
async function explained(ask: () => Promise<Found>, args: object, given?: pulumi.Output<object>): Promise<Found> {
  try {
    return await ask();
  } catch (error) {
    const message = (error as Error).message.replace(/^invocation of \S+ returned an error: /, "");
    const isSecret = given !== undefined && (await pulumi.isSecret(given));
    throw rejection(isSecret ? withoutQuotes(message, Object.values(args)) : message);
  }
}
