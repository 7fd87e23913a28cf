/** The vendor's client for Python, which is newer than the one for JavaScript. Tests use it where Python can import it. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type VendorClient, VendorError } from "./vendorClient";

interface Reply {
  id: number;
  result?: unknown;
  error?: { name: string; message: string; status?: number };
}

export function hasPythonClient(): boolean {
  return spawnSync("python3", ["-c", "import openrouter"]).status === 0;
}

/** `call("api_keys.create", { name: "ci" })`, with the client's own names. */
export function startPythonClient(serverURL: string, apiKey: string): VendorClient {
  const worker = spawn("python3", [join(__dirname, "pythonWorker.py"), serverURL, apiKey], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  createInterface(worker.stdout).on("line", (line) => {
    const reply = JSON.parse(line) as Reply;
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const ended = new Promise<void>((resolve) => worker.once("close", () => resolve()));
  void ended.then(() => {
    const error = { name: "WorkerEnded", message: "the Python process has ended" };
    for (const [id, result] of waiting) result({ id, error });
  });
  let calls = 0;
  return {
    call: async (path, request = {}) => {
      const [group, operation] = path.split(".");
      const id = ++calls;
      const reply = await new Promise<Reply>((resolve) => {
        waiting.set(id, resolve);
        worker.stdin.write(`${JSON.stringify({ id, group, operation, request })}\n`);
      });
      if (reply.error) throw new VendorError(reply.error);
      return reply.result;
    },
    close: async () => {
      worker.stdin.end();
      await ended;
    },
  };
}
