/** The part of Pulumi's dynamic-provider protocol that is used here. Imports nothing: users' compilers read these types. */

/** Properties as Pulumi passes them. */
export type Properties = Record<string, unknown>;

/** The methods that Pulumi calls on a dynamic provider. */
export interface DynamicProvider {
  configure(request: { config: { get(key: string): string | undefined } }): Promise<void>;
  check(olds: Properties, news: Properties): Promise<{ inputs?: Properties; failures: CheckFailure[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<{ changes?: boolean; replaces?: string[] }>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, properties: Properties): Promise<{ id: string; props?: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, properties: Properties): Promise<void>;
}

export interface CheckFailure {
  property: string;
  reason: string;
}
