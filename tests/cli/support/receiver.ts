/** A webhook receiver on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Receiver {
  /** With a token in its path, as Slack's have. */
  url: string;
  /** The bodies that arrived. */
  bodies: string[];
  requests: Pick<IncomingMessage, "method" | "url" | "headers">[];
  close(): Promise<void>;
}

export type Response = number | ((request: IncomingMessage, response: ServerResponse) => void);

/** @param responses To the first, second, … request; the last also to all others. */
export async function startReceiver(...responses: readonly Response[]): Promise<Receiver> {
  const bodies: string[] = [];
  const requests: Receiver["requests"] = [];
  const server = createServer(async (request, response) => {
    requests.push(request);
    bodies.push(await text(request));
    const respond = responses[bodies.length - 1] ?? responses.at(-1) ?? 200;
    if (typeof respond === "number") response.writeHead(respond).end("ok");
    else respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/services/T000/B000/zz-secret-token`,
    bodies,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
