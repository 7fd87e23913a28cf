import { deleteRefusal, dependsOn } from "./plan";
import type { Resource } from "./state";
import { Aborted, type Run, type Steps } from "./steps";

/** Deletes resources, each as soon as everything that depends on it is deleted. If one is protected, none is deleted. */
export async function deleteAll(resources: Resource[], { report }: Run, steps: Steps): Promise<void> {
  const refused = resources.filter((resource) => resource.protect && !resource.delete && !resource.external);
  for (const { urn } of refused) report.start("delete", urn).failed(deleteRefusal(urn));
  if (refused.length > 0) {
    steps.failed = true;
    throw new Aborted();
  }
  for (const { urn } of resources) steps.deletions.add(urn);
  // A dependent stands after what it depends on. So begin at the end: whatever must go first has begun to.
  const ends = new Map<Resource, Promise<void>>();
  for (const [index, resource] of [...resources.entries()].reverse()) {
    const dependents = resources.slice(index + 1).filter((other) => dependsOn(other, resource.urn));
    const end = Promise.all(dependents.map((dependent) => ends.get(dependent))).then(() => steps.delete(resource));
    ends.set(resource, end);
  }
  const results = await Promise.allSettled(ends.values());
  const failure = results.find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}
