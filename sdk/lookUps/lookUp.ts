/** Asks the provider that the program uses: the native one through the engine, the dynamic one in the program's process. */
import * as pulumi from "@pulumi/pulumi";
import { isNative } from "../host";
import { rejection } from "../messages";
import { type LookUpSettings, settingsFor } from "../provider";

export type Inputs<Args> = { [Name in keyof Args]: pulumi.Input<Args[Name]> };

export async function lookUp<Result>(name: string, args: object, opts: pulumi.InvokeOptions = {}): Promise<Result> {
  if (isNative()) return askEngine(name, args, opts);
  const settings = settingsFor(opts);
  const { isKnown } = settings as typeof settings & { isKnown?: Promise<boolean> };
  if ((await isKnown) === false) {
    // A promise has no value that means unknown. It would stay pending, and Pulumi would stop without an explanation.
    throw rejection(`${name}: the settings of its provider are not known in a preview. Use ${name}Output instead.`);
  }
  return new Promise((resolve) => settings.apply((known) => resolve(askHere(name, args, known))));
}

export function lookUpOutput<Result>(
  name: string,
  args: object,
  opts: pulumi.InvokeOptions = {},
): pulumi.Output<Result> {
  if (isNative()) return output(pulumi.output(args).apply((known) => askEngine<Result>(name, known, opts)));
  return output(pulumi.all([args, settingsFor(opts)]).apply(([known, settings]) => askHere(name, known, settings)));
}

/** The types of this package have no outputs inside. */
function output<Result>(found: pulumi.Output<unknown>): pulumi.Output<Result> {
  return found as pulumi.Output<Result>;
}

function askEngine<Result>(name: string, args: object, opts: pulumi.InvokeOptions): Promise<Result> {
  return explained(() => pulumi.runtime.invoke(`openrouter:index:${name}`, { ...args }, opts));
}

function askHere<Result>(name: string, args: object, { config, variables }: LookUpSettings): Promise<Result> {
  return explained(async () => {
    // Loaded only by programs that look something up.
    const dynamic = await import("../../provider/dynamic/index");
    return dynamic.lookUp(name, { ...args }, config, variables) as Promise<Result>;
  });
}

/** With the provider's message alone. */
async function explained<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    const { message } = error as Error;
    throw rejection(message.replace(/^invocation of \S+ returned an error: /, ""));
  }
}
