/** `/__dashboard`: the dashboard over HTTP, for the command line. On loopback, next to the API, and off by default. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Account } from "./account";
import type { Dashboard } from "./dashboard";
import { send } from "./responses";

export const CONTROL_PATH = "/__dashboard";

/** The functions of the dashboard that the command line can call. */
const CONTROL_ACTIONS = [
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

/** `GET` returns the contents of the account; `POST /__dashboard/updateKey` calls that function, its arguments as an array. */
export async function handleControl(
  account: Account,
  dashboard: Dashboard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === "GET") {
    const { keys, guardrails, keyAssignments, memberAssignments, workspaces, members } = account;
    const body = { keys, guardrails, keyAssignments, memberAssignments, workspaces, members };
    return send(response, { status: 200, body });
  }
  const action = CONTROL_ACTIONS.find((each) => request.url === `${CONTROL_PATH}/${each}`);
  // A page of another origin can't send this type without a CORS preflight, which fails.
  const isJson = request.headers["content-type"] === "application/json";
  if (!action || !isJson) return send(response, { status: 404, body: { error: "no such action" } });
  send(response, perform(dashboard, action, await text(request)));
}

function perform(dashboard: Dashboard, action: (typeof CONTROL_ACTIONS)[number], args: string) {
  try {
    const call = dashboard[action] as (...args: unknown[]) => unknown;
    return { status: 200, body: { result: call(...(JSON.parse(args) as unknown[])) ?? null } };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}
