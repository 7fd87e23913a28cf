/** The official SDK: an optional peer dependency, because only this command needs it. */
import type { McpServer, Transport } from "@modelcontextprotocol/server";
import type { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { UsageError } from "../shared/terminal";

export interface Sdk {
  McpServer: typeof McpServer;
  StdioServerTransport: typeof StdioServerTransport;
  serveStdio: typeof serveStdio;
}

export type { McpServer, Transport };

export const INSTALL = "npm install @modelcontextprotocol/server@^2.4.0";

/** @throws UsageError with the line that installs it */
export async function loadSdk(): Promise<Sdk> {
  try {
    const [{ McpServer }, stdio] = await Promise.all([
      import("@modelcontextprotocol/server"),
      import("@modelcontextprotocol/server/stdio"),
    ]);
    return { McpServer, ...stdio };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      `the package @modelcontextprotocol/server is not installed; only this command needs it. Run: ${INSTALL}`,
    );
  }
}
