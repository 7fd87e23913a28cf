/** A thread in which the vendor's client runs: it's an ES module, which jest can't load on all versions of Node. */
import { parentPort, workerData } from "node:worker_threads";
import { OpenRouter } from "@openrouter/sdk";

const client = new OpenRouter({ ...workerData, retryConfig: { strategy: "none" } });

parentPort.on("message", async ({ id, group, operation, request, apiKey }) => {
  try {
    const options = apiKey && { headers: { authorization: `Bearer ${apiKey}` } };
    const result = await client[group][operation](request, options);
    // A list is a page with functions to go on; its `result` is what was parsed.
    parentPort.postMessage({ id, result: result?.result ?? result });
  } catch (error) {
    parentPort.postMessage({ id, error: { name: error.name, message: error.message, status: error.statusCode } });
  }
});
