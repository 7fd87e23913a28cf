/** `pulumi-openrouter dashboard`: changes a running simulator like a user on the website. */
import type { Command } from "commander";
import { formatUsd } from "../../cli/shared/money";
import { printable } from "../../cli/shared/output";
import { newCommand, type Terminal, UsageError } from "../../cli/shared/terminal";
import { clean } from "../../provider/text";
import type { Dashboard, Guardrail, Key, KeyAssignment } from "../simulator/index";
import { SIMULATOR_PORT } from "./simulator";

/** The contents of the account, as the simulator returns them. */
interface Contents {
  keys: Pick<Key, "hash" | "name" | "limit" | "disabled">[];
  guardrails: Pick<Guardrail, "id" | "name">[];
  keyAssignments: Pick<KeyAssignment, "guardrail_id" | "key_hash">[];
}

type Action = [keyof Dashboard, ...unknown[]];

export function dashboardCommand(terminal: Terminal): Command {
  const command = newCommand("dashboard", terminal)
    .summary("change a running simulator like a website user")
    .description("Changes a running simulator outside Pulumi, like a user on the website.")
    .option("--url <url>", "the simulator's base URL", terminal.env.OPENROUTER_BASE_URL ?? DEFAULT_URL)
    .addHelpText("after", HELP);
  const connection = () => connect(command.opts<{ url: string }>().url);

  /** Adds a subcommand that prints the lines it returns. */
  const add = <Args extends unknown[]>(
    usage: string,
    description: string,
    act: (simulator: Connection, contents: Contents, ...args: Args) => Promise<string[]> | string[],
  ) =>
    command
      .command(usage)
      .description(description)
      .action(async (...args) => {
        const simulator = connection();
        const lines = await act(simulator, await simulator.contents(), ...(args as unknown[] as Args));
        for (const line of lines) terminal.out(line);
      });

  add("keys", "list the inference keys", (_, { keys }) =>
    keys.map((key) => `${key.hash.slice(0, 12)}  ${keyState(key).padEnd(12)}  ${printable(key.name)}`),
  );
  add("guardrails", "list the guardrails with their keys", (_, { keys, guardrails, keyAssignments }) =>
    guardrails.map(({ id, name }) => {
      const hashes = keyAssignments.filter((row) => row.guardrail_id === id).map((row) => row.key_hash);
      const names = keys.filter((key) => hashes.includes(key.hash)).map((key) => printable(key.name));
      return `${id}  ${printable(name)}${names.length > 0 ? `: ${names.join(", ")}` : ""}`;
    }),
  );

  const addKeyAction = (name: string, description: string, action: (hash: string) => Action) =>
    add(`${name} <key>`, description, async ({ perform }, { keys }, reference: string) => {
      const key = findOne(keys, "key", reference, ({ hash }) => hash);
      await perform(...action(key.hash));
      return [`${name}: ${keyLabel(key)}`];
    });
  addKeyAction("disable", "disable a key", (hash) => ["updateKey", hash, { disabled: true }]);
  addKeyAction("enable", "enable a key", (hash) => ["updateKey", hash, { disabled: false }]);
  addKeyAction("delete", "delete a key", (hash) => ["deleteKey", hash]);

  const addAmountAction = (name: string, description: string, action: (hash: string, usd: number | null) => Action) =>
    add(`${name} <key> <usd>`, description, async ({ perform }, { keys }, reference: string, amount: string) => {
      const key = findOne(keys, "key", reference, ({ hash }) => hash);
      const usd = parseAmount(amount);
      await perform(...action(key.hash, usd));
      return [`${name}: ${keyLabel(key)}, ${usd === null ? "none" : formatUsd(usd)}`];
    });
  addAmountAction("set-limit", 'set the limit of a key, or "none"', (hash, limit) => ["updateKey", hash, { limit }]);
  addAmountAction("use", "spend with a key", (hash, usd) => ["useKey", hash, usd ?? 0]);

  const addAssignment = (name: "assign" | "unassign", description: string) =>
    add(
      `${name} <guardrail> <keys...>`,
      description,
      async ({ perform }, contents, reference: string, keyReferences: string[]) => {
        const guardrail = findOne(contents.guardrails, "guardrail", reference, ({ id }) => id);
        const keys = keyReferences.map((each) => findOne(contents.keys, "key", each, ({ hash }) => hash));
        await perform(name, guardrail.id, { keys: keys.map(({ hash }) => hash) });
        return [
          `${name}: guardrail "${printable(guardrail.name)}", ${keys.map((key) => printable(key.name)).join(", ")}`,
        ];
      },
    );
  addAssignment("assign", "assign a guardrail to keys, replacing the one that they have");
  addAssignment("unassign", "remove a guardrail from keys");
  add("delete-guardrail <guardrail>", "delete a guardrail", async ({ perform }, { guardrails }, reference: string) => {
    const { id, name } = findOne(guardrails, "guardrail", reference, (each) => each.id);
    await perform("deleteGuardrail", id);
    return [`delete-guardrail: "${printable(name)}"`];
  });
  return command;
}

const DEFAULT_URL = `http://127.0.0.1:${SIMULATOR_PORT}/api/v1`;

const HELP = `
Keys and guardrails can be given by name if it is unambiguous, or by hash, id
or a prefix of it. Amounts are in USD.

Exit code: 0 if it was done, 2 if not.`;

function keyState({ disabled, limit }: { disabled: boolean; limit: number | null }): string {
  return disabled ? "disabled" : limit === null ? "no limit" : formatUsd(limit);
}

function keyLabel({ name, hash }: { name: string; hash: string }): string {
  return `key "${printable(name)}" (${hash.slice(0, 12)})`;
}

function parseAmount(amount: string): number | null {
  if (amount === "none") return null;
  const usd = Number(amount);
  if (amount.trim() === "" || !Number.isFinite(usd)) throw new UsageError('<usd>: must be a number or "none"');
  return usd;
}

/** Finds a row by its name, its id or a prefix of its id. */
function findOne<Row extends { name: string }>(
  rows: readonly Row[],
  kind: string,
  reference: string,
  idOf: (row: Row) => string,
): Row {
  const sameName = rows.filter((row) => row.name === reference);
  const matches = sameName.length > 0 ? sameName : rows.filter((row) => idOf(row).startsWith(reference));
  const [only] = matches;
  if (only && matches.length === 1) return only;
  if (!only) throw new UsageError(`the simulator has no ${kind} "${clean(reference)}"`);
  throw new UsageError(
    `"${clean(reference)}" matches ${matches.length} ${kind}s. Pass a longer prefix of one hash or id:`,
    matches.map((row) => `${idOf(row).slice(0, 16)}  ${printable(row.name)}`),
  );
}

interface Connection {
  contents(): Promise<Contents>;
  perform(...action: Action): Promise<void>;
}

/** Only to a simulator on loopback: the URL may come from the environment and name the real API. */
function connect(url: string): Connection {
  if (!URL.canParse(url)) throw new UsageError("--url: must be a URL such as http://127.0.0.1:4141/api/v1");
  const { hostname, origin } = new URL(url);
  if (hostname !== "127.0.0.1") throw new UsageError(`${clean(origin)} is not a simulator: those are at 127.0.0.1`);
  const request = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${origin}/__dashboard${path}`, init).catch((cause: unknown) => {
      throw new Error(`no simulator at ${origin}. Start one with: npx pulumi-openrouter simulator`, { cause });
    });
    if (!response.headers.get("content-type")?.startsWith("application/json")) {
      throw new Error(`${origin} is not a simulator: it returned status ${response.status} without JSON`);
    }
    const body = (await response.json()) as { error?: string };
    if (!response.ok) throw new Error(body.error ?? `${origin} returned status ${response.status}`);
    return body;
  };
  return {
    contents: async () => (await request("")) as Contents,
    perform: async (action, ...args) => {
      const headers = { "content-type": "application/json" };
      await request(`/${action}`, { method: "POST", headers, body: JSON.stringify(args) });
    },
  };
}
