import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Kind, providerOf, typeOf } from "../formats/typeTokens";
import { warnOfPlainTextKey } from "./plainTextKey";
import { rejection } from "./texts";

interface Registration {
  kind: Kind;
  /** Undefined for `get`, which reads what exists. */
  inputs: object | undefined;
  /** Names of the properties that the provider adds, so that they are outputs of the object. */
  outputs: readonly string[];
}

/**
 * A resource that Pulumi's dynamic-provider process manages with the code of this package.
 *
 * It does not use `pulumi.dynamic.Resource`, which puts the provider's code into every state: then a fixed bug stays in
 * old states, and a new release is a change of every resource. The text here is constant and loads what is installed.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
  /** @internal */
  protected constructor(name: string, registration: Registration, opts: pulumi.CustomResourceOptions = {}) {
    const { kind, inputs = {}, outputs } = registration;
    if (opts.import !== undefined) {
      throw rejection(
        `${kind} "${name}": Pulumi can't import a resource of a dynamic provider. Remove the \`import\` option` +
          (kind === "InferenceKey" || kind === "Guardrail"
            ? " and pass the id as `adopt`: the object is adopted and its settings are updated to match."
            : ": declaring an existing assignment is enough to adopt it."),
      );
    }
    requireInstalled(kind, name);
    warnOfPlainTextKey();
    const added = Object.fromEntries(outputs.map((output) => [output, undefined]));
    const properties = { ...added, ...inputs, __provider: providerOf(kind) };
    // Pulumi notes a stack trace for each of the four promises of a property, to be printed if one never ends. To write
    // them took a sixth of an `up` of a hundred resources. Where the program makes a resource is noted apart from that.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      // No additionalSecretOutputs: the provider marks what is secret, and so it is in every state and log.
      super(typeOf(kind), name, properties, opts);
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      // The author of a wrong option has to know where it is.
      if (error instanceof Error && !error.stack?.includes("\n    at ")) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    if (opts.id !== undefined) readOnly.add(this);
  }
}

/** Resources that the program reads with `get`: their objects are never deleted. */
const readOnly = new WeakSet<pulumi.Resource>();

export function isReadOnly(resource: pulumi.Resource): boolean {
  return readOnly.has(resource);
}

let installed = false;

/** The provider process resolves the package from the directory of the program, as plain `require` does there. */
function requireInstalled(kind: Kind, name: string): void {
  if (installed) return;
  try {
    createRequire(path.join(process.cwd(), "index.js")).resolve("pulumi-openrouter/dynamic");
    installed = true;
  } catch {
    throw rejection(
      `${kind} "${name}": the package pulumi-openrouter can't be found from ${process.cwd()}, ` +
        "the directory of the program. Install it there (npm install pulumi-openrouter), also if another package of " +
        "yours depends on it: Pulumi's provider process loads it from there, to refresh and destroy as well.",
    );
  }
}

/**
 * The name of the object in the API: the given one, or the default, which names project, stack and resource.
 * `__defaultName` says that it is the default and that no other object has that name: two components may each have a
 * child of one name, and what `retainOnDelete` has kept may still have it.
 */
export function nameInputs(
  resourceName: string,
  name: pulumi.Input<string | undefined> | undefined,
  opts: pulumi.CustomResourceOptions | undefined,
): NameInputs {
  const defaultName = `${pulumi.getProject()}/${pulumi.getStack()}/${resourceName}`;
  if (name !== undefined && name !== null) return { name: pulumi.output(name).apply((given) => given ?? defaultName) };
  return opts?.parent || opts?.retainOnDelete ? { name: defaultName } : { name: defaultName, __defaultName: true };
}

interface NameInputs {
  name: pulumi.Input<string>;
  __defaultName?: true;
}
