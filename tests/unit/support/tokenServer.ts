import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the server got it. */
export interface Received {
  call: string;
  headers: IncomingMessage["headers"];
  body: string;
}

export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
}

export interface TokenServer {
  origin: string;
  received: Received[];
  /** Calls of one path, by its end. */
  calls(path: string): Received[];
  close(): Promise<void>;
}

/** A server that replies as a test says, and notes what it got. */
export async function startTokenServer(reply: (received: Received) => Reply): Promise<TokenServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const got = { call: `${request.method} ${request.url}`, headers: request.headers, body };
    received.push(got);
    const { status = 200, headers = {}, json, text = JSON.stringify(json) } = reply(got);
    response.writeHead(status, headers).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    calls: (path) =>
      received.filter(({ call }) => new URL(call.split(" ")[1] ?? "", "http://x").pathname.endsWith(path)),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A JWT of any content. */
export function jwt(name: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "ES256" })}.${part({ sub: name })}.${"s".repeat(43)}`;
}
