/** Calls in flight at a time: an account may have hundreds of guardrails, and the API limits the rate. */
const MAX_IN_FLIGHT = 8;

/** Results in the order of the items. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, worker));
  return results;
}
