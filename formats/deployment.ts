/** Pulumi's deployments: what `pulumi stack export` prints, and the resources in it and in a preview. */
import { z } from "zod";

/** Versions that can be read. Version 4 is version 3 with the names of features that the deployment uses. */
export const VERSIONS = [3, 4];

const properties = z.record(z.string(), z.unknown()).nullish();
const urns = z.array(z.string()).nullish();

/** A resource as states and previews have it. */
export const resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().nullish(),
  external: z.boolean().nullish(),
  /** Replaced, and still to be deleted. */
  delete: z.boolean().nullish(),
  /** Deleting it leaves the object as it is. */
  retainOnDelete: z.boolean().nullish(),
  parent: z.string().nullish(),
  dependencies: urns,
  propertyDependencies: z.record(z.string(), urns).nullish(),
  inputs: properties,
  outputs: properties,
});
export type Resource = z.output<typeof resource>;

export const deployment = z.object({
  resources: z.array(resource).nullish(),
  pending_operations: z.array(z.object({ type: z.string(), resource })).nullish(),
});
