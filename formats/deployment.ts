/** Deployments, as `pulumi stack export` prints them, and the resources in them and in previews. */
import { z } from "zod";

/** Supported versions. Version 4 is version 3 plus the names of the features that the deployment uses. */
export const VERSIONS = [3, 4];

const properties = z.record(z.string(), z.unknown()).nullish();
const urns = z.array(z.string()).nullish();

/** A resource in a state or preview. */
export const resource = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().nullish(),
  /** The id of the object to import, or that was imported. */
  importID: z.string().nullish(),
  external: z.boolean().nullish(),
  /** Replaced, with a pending delete. */
  delete: z.boolean().nullish(),
  /** Deleting the resource keeps the object. */
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
