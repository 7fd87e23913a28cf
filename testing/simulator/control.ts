/** `/__dashboard`: the dashboard over HTTP, for the command line. On loopback, beside the API, and only if asked for. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { send } from "./answers";
import type { Dashboard } from "./dashboard";
import type { SimulatedAccount } from "./simulator";

export const CONTROL_PATH = "/__dashboard";

/** What the command line may do, with the same arguments as the dashboard's functions. */
export const CONTROL_ACTIONS = [
  "createKey",
  "updateKey",
  "deleteKey",
  "useKey",
  "createGuardrail",
  "updateGuardrail",
  "deleteGuardrail",
  "assign",
  "unassign",
] as const satisfies readonly (keyof Dashboard)[];

/** `GET` tells what the account holds; `POST /__dashboard/updateKey` with the arguments as an array does that. */
export function createControl({ account, dashboard }: SimulatedAccount) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const path = request.url ?? "";
    if (path !== CONTROL_PATH && !path.startsWith(`${CONTROL_PATH}/`)) return false;
    const { keys, guardrails, keyAssignments, memberAssignments, workspaces, members } = account;
    if (request.method === "GET") {
      send(response, {
        status: 200,
        body: { keys, guardrails, keyAssignments, memberAssignments, workspaces, members },
      });
      return true;
    }
    const action = CONTROL_ACTIONS.find((each) => path === `${CONTROL_PATH}/${each}`);
    // No page in a browser can send this type to another origin without being asked first, which is refused.
    const isOwn = request.headers["content-type"] === "application/json";
    if (!action || !isOwn) {
      send(response, { status: 404, body: { error: "no such action" } });
      return true;
    }
    send(response, perform(dashboard, action, await textOf(request)));
    return true;
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function perform(dashboard: Dashboard, action: (typeof CONTROL_ACTIONS)[number], args: string) {
  try {
    const call = dashboard[action] as (...args: unknown[]) => unknown;
    return { status: 200, body: { done: call(...(JSON.parse(args) as unknown[])) ?? null } };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}
