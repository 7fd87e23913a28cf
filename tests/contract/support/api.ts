/** A simulator for one test, with calls in short form. */
import { type SimulatorOptions, startSimulator } from "../../../testing/simulator/index";
import { rawClient } from "./rawClient";

const opened: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(opened.splice(0).map((simulator) => simulator.close())));

/** Started at noon on March 18, 2026, a Wednesday, and closed after the test. */
export async function startApi(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ now: new Date("2026-03-18T12:00:00Z"), seed: "api", ...options });
  opened.push(simulator);
  const client = rawClient(simulator);
  const ask = (call: string, body?: unknown) => client.ask(call, body === undefined ? {} : { body });

  /** The `data` of a successful response. */
  const dataOf = async (call: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await ask(call, body);
    expect({ call, isOk: response.status < 300 }).toEqual({ call, isOk: true });
    return response.body.data;
  };
  const rowsOf = async (call: string): Promise<Record<string, unknown>[]> => (await ask(call)).body.data;
  /** The status and message of an error response. */
  const errorOf = async (call: string, body?: unknown): Promise<[status: number, message: string]> => {
    const response = await ask(call, body);
    expect(response.body.error.code).toBe(response.status);
    return [response.status, response.body.error.message];
  };
  return {
    simulator,
    ...client,
    dataOf,
    rowsOf,
    errorOf,
    newKey: async (fields: object = {}) => String((await dataOf("POST /keys", { name: "ci", ...fields })).hash),
    newGuardrail: async (fields: object = {}) =>
      String((await dataOf("POST /guardrails", { name: "production", ...fields })).id),
    assign: (id: string, ...key_hashes: string[]) => ask(`POST /guardrails/${id}/assignments/keys`, { key_hashes }),
    assignMembers: (id: string, ...member_user_ids: string[]) =>
      ask(`POST /guardrails/${id}/assignments/members`, { member_user_ids }),
  };
}
