/** URNs: `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */

export const STACK_TYPE = "pulumi:pulumi:Stack";
const PROVIDER_PREFIX = "pulumi:providers:";

export function isProviderType(type: string): boolean {
  return type.startsWith(PROVIDER_PREFIX);
}

/** The provider of dynamic resources. */
export const DYNAMIC_PROVIDER = `${PROVIDER_PREFIX}pulumi-nodejs`;

/** The type of the provider that manages resources of a type. */
export function providerTypeOf(type: string): string {
  return PROVIDER_PREFIX + type.slice(0, type.indexOf(":"));
}

/** The package of a provider's type. */
export function packageOf(providerType: string): string {
  return providerType.slice(PROVIDER_PREFIX.length);
}

export interface UrnParts {
  stack: string;
  project: string;
  /** The types of its parents and its own, joined by `$`, without the type of the stack. */
  qualifiedType: string;
  type: string;
  name: string;
}

export function parseUrn(urn: string): UrnParts {
  const [head, project, qualifiedType, ...name] = urn.split("::");
  if (!head?.startsWith("urn:pulumi:") || project === undefined || qualifiedType === undefined) {
    throw new Error(`${JSON.stringify(urn)} is not a URN.`);
  }
  const type = qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1);
  return { stack: head.slice("urn:pulumi:".length), project, qualifiedType, type, name: name.join("::") };
}

export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentType = parent === "" ? STACK_TYPE : parseUrn(parent).qualifiedType;
  const qualifiedType = parentType === STACK_TYPE ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualifiedType}::${name}`;
}

/** The URN in a resource's reference to its provider, `<urn>::<id>`. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

/** `<project>/<stack>` of a URN. */
export function stackOf(urn: string): string {
  const [stack = "", project = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${project}/${stack}`;
}
