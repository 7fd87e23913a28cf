import { deleteProtectedMessage, dependsOn } from "./plan";
import type { Resource } from "./state";
import { AbortedError, type Run } from "./stepRunner";
import type { Steps } from "./steps";

/** Deletes resources, each as soon as everything that depends on it is deleted. If one is protected, none is deleted. */
export async function deleteAll(resources: Resource[], { report }: Run, steps: Steps): Promise<void> {
  const protectedOnes = resources.filter((resource) => resource.protect && !resource.delete && !resource.external);
  for (const { urn } of protectedOnes) report.start("delete", urn).failed(deleteProtectedMessage(urn));
  if (protectedOnes.length > 0) {
    steps.failed = true;
    throw new AbortedError();
  }
  for (const { urn } of resources) steps.deletions.add(urn);
  // Dependents come later in the list, so starting at the end starts their deletes first.
  const deletes = new Map<Resource, Promise<void>>();
  for (const [index, resource] of [...resources.entries()].reverse()) {
    const dependents = resources.slice(index + 1).filter((other) => dependsOn(other, resource.urn));
    const done = Promise.all(dependents.map((dependent) => deletes.get(dependent))).then(() => steps.delete(resource));
    deletes.set(resource, done);
  }
  const results = await Promise.allSettled(deletes.values());
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}
