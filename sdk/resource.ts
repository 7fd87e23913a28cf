import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Kind } from "../formats/typeTokens";
import { hosted, isNative, withFormerType } from "./host";
import { rejection } from "./messages";
import { warnOfPlainTextKey } from "./plainTextKey";

interface Registration {
  kind: Kind;
  /** Undefined for `get`, which reads an existing object. */
  inputs: object | undefined;
  outputs: object;
}

/**
 * The outputs of a class, each undefined until the provider returns it. A missing one does not compile.
 * @internal
 */
export type OutputsOf<Resource, Alias extends keyof Resource = never> = {
  [Name in keyof Resource as Resource[Name] extends pulumi.Output<unknown>
    ? Exclude<Name, Alias | keyof pulumi.CustomResource>
    : never]: undefined;
};

/**
 * A resource that the installed release of this package manages, in Pulumi's dynamic-provider process or in its own.
 *
 * `pulumi.dynamic.Resource` would store the provider's code in every state: fixed bugs would stay in old states, and each
 * release would change every resource.
 */
export abstract class OpenRouterResource extends pulumi.CustomResource {
  /** @internal */
  protected constructor(name: string, registration: Registration, opts: pulumi.CustomResourceOptions = {}) {
    const { kind, inputs = {}, outputs } = registration;
    if (!isNative()) requireDynamic(kind, name, opts);
    warnOfPlainTextKey();
    const hostedType = hosted(kind);
    const properties = { ...outputs, ...inputs, ...hostedType.inputs };
    // Pulumi records a stack trace for each of the four promises of a property, for promises that never resolve. That
    // takes a tenth of an `up` of 100 resources. The source position of the resource is recorded separately.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      super(hostedType.type, name, properties, { ...opts, aliases: withFormerType(hostedType, opts.aliases) });
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      // The user needs to know where a wrong option is.
      if (error instanceof Error && !error.stack?.includes("\n    at ")) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    if (opts.id !== undefined) readOnly.add(this);
  }
}

function requireDynamic(kind: Kind, name: string, opts: pulumi.CustomResourceOptions): void {
  if (opts.import !== undefined) {
    throw rejection(`${kind} "${name}": Pulumi can't import a resource of a dynamic provider. ${IMPORT_ADVICE[kind]}`);
  }
  requireInstalled(kind, name);
}

const ADOPT =
  "Instead of `import`, pass the id as `adopt`: the object is adopted and its settings are updated to match.";
const DECLARE = "Remove the `import` option: declaring an existing assignment is enough to adopt it.";
const IMPORT_ADVICE: Readonly<Record<Kind, string>> = {
  InferenceKey: ADOPT,
  Guardrail: ADOPT,
  GuardrailAssignments: DECLARE,
  GuardrailKeyAssignment: DECLARE,
  GuardrailMemberAssignment: DECLARE,
};

/** Resources that the program reads with `get`. Their objects are never deleted. */
const readOnly = new WeakSet<pulumi.Resource>();

export function isReadOnly(resource: pulumi.Resource): boolean {
  return readOnly.has(resource);
}

let installed = false;

/** The provider process resolves the package from the program's directory, like `require` there. */
function requireInstalled(kind: Kind, name: string): void {
  if (installed) return;
  try {
    createRequire(path.join(process.cwd(), "index.js")).resolve("pulumi-openrouter/dynamic");
    installed = true;
  } catch {
    throw rejection(
      `${kind} "${name}": the package pulumi-openrouter is not installed in the program's directory ${process.cwd()}. ` +
        "Run npm install pulumi-openrouter there, even if another of your packages depends on it: Pulumi's provider " +
        "process loads it from there, including for refresh and destroy.",
    );
  }
}

/**
 * The declared name of the object, or the default. `__defaultName` means that it is the default and that no other object
 * has it: children of two components may have the same name, and so may an object that `retainOnDelete` kept.
 */
export function nameInputs(
  resourceName: string,
  name: pulumi.Input<string | undefined> | undefined,
  opts: pulumi.CustomResourceOptions | undefined,
): NameInputs {
  const defaultName = `${pulumi.getProject()}/${pulumi.getStack()}/${resourceName}`;
  if (name !== undefined && name !== null)
    return { name: pulumi.output(name).apply((declared) => declared ?? defaultName) };
  return opts?.parent || opts?.retainOnDelete ? { name: defaultName } : { name: defaultName, __defaultName: true };
}

interface NameInputs {
  name: pulumi.Input<string>;
  __defaultName?: true;
}
