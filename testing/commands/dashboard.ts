/** `pulumi-openrouter dashboard`: changes a running simulator like a user on the website. */
import { type Command, InvalidArgumentError } from "commander";
import { formatUsd } from "../../cli/shared/money";
import { printable } from "../../cli/shared/output";
import { newCommand, type Terminal, UsageError } from "../../cli/shared/terminal";
import { clean } from "../../provider/text";
import type { Dashboard, Guardrail, Key, KeyAssignment } from "../simulator/index";
import { SIMULATOR_PORT } from "./simulator";

/** What the simulator shows of its account; dates come as strings. */
interface Contents {
  keys: Pick<Key, "hash" | "name" | "limit" | "disabled">[];
  guardrails: Pick<Guardrail, "id" | "name" | "limit_usd" | "reset_interval">[];
  keyAssignments: Pick<KeyAssignment, "guardrail_id" | "key_hash">[];
}

/** Names of keys and guardrails may be used where they are unambiguous; hashes and ids always, also shortened. */
export function dashboardCommand(terminal: Terminal): Command {
  const print = terminal.out;
  const command = newCommand("dashboard", terminal)
    .description("Changes a running simulator outside Pulumi, like a user on the website.")
    .option("--url <url>", "the simulator's base URL", terminal.env.OPENROUTER_BASE_URL ?? defaultUrl())
    .addHelpText("after", HELP);
  const simulator = () => connect(command.opts<{ url: string }>().url);

  command
    .command("keys")
    .description("list the inference keys")
    .action(async () => {
      const { keys } = await simulator().contents();
      for (const key of keys) print(`${key.hash.slice(0, 12)}  ${keyState(key).padEnd(12)}  ${printable(key.name)}`);
    });
  command
    .command("guardrails")
    .description("list the guardrails, and the keys that each is assigned to")
    .action(async () => {
      const { keys, guardrails, keyAssignments } = await simulator().contents();
      for (const { id, name } of guardrails) {
        const hashes = keyAssignments.filter((row) => row.guardrail_id === id).map((row) => row.key_hash);
        const names = keys.filter((key) => hashes.includes(key.hash)).map((key) => printable(key.name));
        print(`${id}  ${printable(name)}${names.length > 0 ? `: ${names.join(", ")}` : ""}`);
      }
    });

  /** Acts on the key that the argument names. */
  const withKey = async (wanted: string, act: (connection: Connection, hash: string) => Promise<unknown>) => {
    const connection = simulator();
    const { hash, name } = oneOf((await connection.contents()).keys, "key", wanted, (each) => each.hash);
    await act(connection, hash);
    return `key "${printable(name)}" (${hash.slice(0, 12)})`;
  };
  const onKey = (name: string, description: string, action: (hash: string) => Action) =>
    command
      .command(name)
      .argument("<key>", "name or hash")
      .description(description)
      .action(async (wanted: string) => {
        print(`${name}: ${await withKey(wanted, ({ perform }, hash) => perform(...action(hash)))}`);
      });
  onKey("disable", "disable a key", (hash) => ["updateKey", hash, { disabled: true }]);
  onKey("enable", "enable a key", (hash) => ["updateKey", hash, { disabled: false }]);
  onKey("delete", "delete a key", (hash) => ["deleteKey", hash]);

  const withAmount = (name: string, description: string, action: (hash: string, amount: number | null) => Action) =>
    command
      .command(name)
      .argument("<key>", "name or hash")
      .argument("<usd>", "amount, or none", amount)
      .description(description)
      .action(async (wanted: string, value: number | null) => {
        const key = await withKey(wanted, ({ perform }, hash) => perform(...action(hash, value)));
        print(`${name}: ${key}, ${value === null ? "none" : formatUsd(value)}`);
      });
  withAmount("set-limit", "set the limit of a key", (hash, limit) => ["updateKey", hash, { limit }]);
  withAmount("use", "spend with a key", (hash, amount) => ["useKey", hash, amount ?? 0]);

  const onAssignment = (name: "assign" | "unassign", description: string) =>
    command
      .command(name)
      .argument("<guardrail>", "name or id")
      .argument("<keys...>", "names or hashes")
      .description(description)
      .action(async (wanted: string, chosen: string[]) => {
        const connection = simulator();
        const { guardrails, keys } = await connection.contents();
        const guardrail = oneOf(guardrails, "guardrail", wanted, (each) => each.id);
        const assigned = chosen.map((key) => oneOf(keys, "key", key, (each) => each.hash));
        await connection.perform(name, guardrail.id, { keys: assigned.map(({ hash }) => hash) });
        const names = assigned.map((key) => printable(key.name)).join(", ");
        print(`${name}: guardrail "${printable(guardrail.name)}", ${names}`);
      });
  onAssignment("assign", "assign a guardrail to keys; it replaces the one that they have");
  onAssignment("unassign", "remove a guardrail from keys");

  command
    .command("delete-guardrail")
    .argument("<guardrail>", "name or id")
    .description("delete a guardrail")
    .action(async (wanted: string) => {
      const connection = simulator();
      const { guardrails } = await connection.contents();
      const { id, name } = oneOf(guardrails, "guardrail", wanted, (each) => each.id);
      await connection.perform("deleteGuardrail", id);
      print(`delete-guardrail: "${printable(name)}"`);
    });
  return command;
}

const HELP = `
A name may be used where it is unambiguous; a hash or an id always, also a prefix.

Exit code: 0 if it was done, 2 if not.`;

function defaultUrl(): string {
  return `http://127.0.0.1:${SIMULATOR_PORT}/api/v1`;
}

function keyState({ disabled, limit }: { disabled: boolean; limit: number | null }): string {
  return disabled ? "disabled" : limit === null ? "no limit" : formatUsd(limit);
}

function amount(text: string): number | null {
  if (text === "none") return null;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number or "none".');
  return value;
}

/** The one that is meant: by its name, or by its identity or the beginning of it. */
function oneOf<Row extends { name: string }>(
  rows: readonly Row[],
  kind: string,
  wanted: string,
  identity: (row: Row) => string,
): Row {
  const named = rows.filter((row) => row.name === wanted);
  const matches = named.length > 0 ? named : rows.filter((row) => identity(row).startsWith(wanted));
  const [only] = matches;
  if (only && matches.length === 1) return only;
  if (!only) throw new UsageError(`the simulator has no ${kind} "${clean(wanted)}"`);
  throw new UsageError(
    `"${clean(wanted)}" is ${matches.length} ${kind}s; pass more of the hash or id of the one you mean:`,
    matches.map((row) => `${identity(row).slice(0, 16)}  ${printable(row.name)}`),
  );
}

type Action = [keyof Dashboard, ...unknown[]];

interface Connection {
  contents(): Promise<Contents>;
  perform(...action: Action): Promise<void>;
}

/** To a simulator on loopback only: the address may come from the environment and name the real API. */
function connect(url: string): Connection {
  if (!URL.canParse(url)) throw new UsageError("--url: must be a URL such as http://127.0.0.1:4141/api/v1");
  const { hostname, origin } = new URL(url);
  if (hostname !== "127.0.0.1") throw new UsageError(`${clean(origin)} is not a simulator: those are at 127.0.0.1`);
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${origin}/__dashboard${path}`, init).catch((cause: unknown) => {
      throw new Error(`no simulator at ${origin}; start one with: npx pulumi-openrouter simulator`, { cause });
    });
    if (!response.headers.get("content-type")?.startsWith("application/json")) {
      throw new Error(`${origin} is not a simulator: it returns ${response.status} without JSON`);
    }
    const answer = (await response.json()) as { error?: string };
    if (!response.ok) throw new Error(answer.error ?? `${origin} returns ${response.status}`);
    return answer;
  };
  return {
    contents: async () => (await ask("")) as Contents,
    perform: async (action, ...args) => {
      const headers = { "content-type": "application/json" };
      await ask(`/${action}`, { method: "POST", headers, body: JSON.stringify(args) });
    },
  };
}
