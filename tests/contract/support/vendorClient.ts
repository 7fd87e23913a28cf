/** The vendor's own client, `@openrouter/sdk`, whose schemas parse each response and reject one that isn't the API's. */
import { join } from "node:path";
import { Worker } from "node:worker_threads";

export interface VendorClient {
  /**
   * `call("apiKeys.create", { requestBody: { name: "ci" } })`, with the client's own names.
   * @param apiKey Instead of the client's own key.
   */
  call(operation: string, request?: object, apiKey?: string): Promise<unknown>;
  close(): Promise<void>;
}

/** An error of the client: its class, and the status if there was a response. */
export class VendorError extends Error {
  readonly status: number | undefined;

  constructor({ name, message, status }: { name: string; message: string; status?: number }) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

interface Reply {
  id: number;
  result?: unknown;
  error?: { name: string; message: string; status?: number };
}

export function startVendorClient(serverURL: string, apiKey: string): VendorClient {
  const worker = new Worker(join(__dirname, "vendorWorker.mjs"), { workerData: { serverURL, apiKey } });
  const waiting = new Map<number, (reply: Reply) => void>();
  worker.on("message", (reply: Reply) => waiting.get(reply.id)?.(reply));
  let calls = 0;
  return {
    call: async (path, request, apiKey) => {
      const [group, operation] = path.split(".");
      const id = ++calls;
      const reply = await new Promise<Reply>((resolve, reject) => {
        waiting.set(id, resolve);
        worker.once("error", reject);
        worker.postMessage({ id, group, operation, request, apiKey });
      });
      waiting.delete(id);
      worker.removeAllListeners("error");
      if (reply.error) throw new VendorError(reply.error);
      return reply.result;
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
