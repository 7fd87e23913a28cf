/** Serves metrics over HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { printable } from "../shared/output";
import { UsageError } from "../shared/terminal";
import { CONTENT_TYPE } from "./exposition";

export interface ServerOptions {
  port: number;
  /** Address or name to listen on. */
  host: string;
  /** Names besides `localhost` in the Host header of requests. */
  allowedHosts: readonly string[];
}

export interface MetricsServer {
  url: string;
  close(): Promise<void>;
}

/** @param body Never rejects. @throws UsageError if it can't listen */
export async function serveMetrics(options: ServerOptions, body: () => Promise<string>): Promise<MetricsServer> {
  const { port, host, allowedHosts } = options;
  const names = new Set(["localhost", host, ...allowedHosts].map((name) => name.toLowerCase()));
  const server = createServer((request, response) => void respond(request, response, names, body));
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`listen on ${printable(host)} port ${port}: ${code}. Choose another with --listen and --host`);
  }
  const { address, port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${isIP(address) === 6 ? `[${address}]` : address}:${actual}/metrics`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function respond(
  { method = "", url = "", headers }: IncomingMessage,
  response: ServerResponse,
  names: ReadonlySet<string>,
  body: () => Promise<string>,
): Promise<void> {
  const end = (status: number, type: string, text: string, more = {}) =>
    response.writeHead(status, { "content-type": type, ...more }).end(method === "HEAD" ? "" : text);
  const refuse = (status: number, text: string, more = {}) =>
    end(status, "text/plain; charset=utf-8", `${text}\n`, more);
  if (!isAllowed(headers.host, names)) return void refuse(403, "The host is not allowed; see --allow-host.");
  if (url.split("?")[0] !== "/metrics") return void refuse(404, "The metrics are at /metrics.");
  if (method !== "GET" && method !== "HEAD") return void refuse(405, "Use GET.", { allow: "GET, HEAD" });
  end(200, CONTENT_TYPE, `${await body()}\n`);
}

/**
 * Whether a request is not from a page whose name an attacker has pointed at this address (DNS rebinding): such requests
 * have that name. An IP address can't be pointed elsewhere.
 */
function isAllowed(header: string | undefined, names: ReadonlySet<string>): boolean {
  const [, address, name] = /^(?:(\[[0-9a-f:.]+\]|[\d.]+)|([\w.-]+))(?::\d+)?$/i.exec(header ?? "") ?? [];
  if (name !== undefined) return names.has(name.toLowerCase());
  return address !== undefined && isIP(address.replace(/^\[|\]$/g, "")) > 0;
}
