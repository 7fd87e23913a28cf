/** An assistant: the official client, connected to our server in this process. */
import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport, McpServer } from "@modelcontextprotocol/server";
import { createServer } from "../../../cli/mcp/server";
import { openSession, type SessionOptions } from "../../../cli/mcp/session";
import type { Tool } from "../../../cli/mcp/tool";
import { toolsOf } from "../../../cli/mcp/tools";
import { type Place, placeFor } from "./terminal";

export interface Assistant {
  client: Client;
  /** What the tool returns; throws what it reports as an error. */
  // biome-ignore lint/suspicious/noExplicitAny: tests compare fields of any tool
  use(tool: string, args?: Record<string, unknown>): Promise<any>;
  /** The error that it reports. */
  failure(tool: string, args?: Record<string, unknown>): Promise<{ error: string; candidates?: string[] }>;
  /** Standard error of the server. */
  log(): string;
  close(): Promise<void>;
}

export async function connect(place: Place, options: SessionOptions = {}): Promise<Assistant> {
  const { terminal, result } = placeFor(place);
  const assistant = await connectTo(toolsOf(openSession(terminal, options)));
  return { ...assistant, log: () => result.err };
}

export async function connectTo(tools: readonly Tool[]): Promise<Omit<Assistant, "log">> {
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const server = createServer({ McpServer }, tools);
  const client = new Client({ name: "test", version: "1.0.0" });
  await Promise.all([server.connect(serverSide), client.connect(clientSide)]);
  const call = (name: string, args = {}) => client.callTool({ name, arguments: args });
  const textOf = ({ content }: Awaited<ReturnType<typeof call>>) => {
    const [part] = content;
    return part?.type === "text" ? part.text : "";
  };
  return {
    client,
    use: async (tool, args) => {
      const response = await call(tool, args);
      if (response.isError) throw new Error(textOf(response));
      return response.structuredContent;
    },
    failure: async (tool, args) => {
      const response = await call(tool, args);
      if (!response.isError) throw new Error(`${tool} did not fail`);
      return JSON.parse(textOf(response));
    },
    close: () => client.close(),
  };
}
