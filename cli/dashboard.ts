/** `pulumi-openrouter dashboard`: changes a running simulator as a person changes an account on the website. */
import { Command, InvalidArgumentError } from "commander";
import type { Dashboard, Guardrail, Key, KeyAssignment } from "../sdk/testing/simulator";
import { SIMULATOR_PORT } from "./simulate";

/** What the simulator tells of its account; dates come as text. */
interface Contents {
  keys: Pick<Key, "hash" | "name" | "limit" | "disabled">[];
  guardrails: Pick<Guardrail, "id" | "name" | "limit_usd" | "reset_interval">[];
  keyAssignments: Pick<KeyAssignment, "guardrail_id" | "key_hash">[];
}

type Print = (line: string) => void;

/** Names of keys and guardrails may be used where they are unambiguous; hashes and ids always, also shortened. */
export function dashboardCommand(print: Print = (line) => process.stdout.write(`${line}\n`)): Command {
  const command = new Command("dashboard")
    .description("Changes a running simulator behind the back of Pulumi, as a person would on the website.")
    .option("--url <url>", "the simulator's base URL", process.env.OPENROUTER_BASE_URL ?? defaultUrl());
  const simulator = () => connect(command.opts<{ url: string }>().url);

  command
    .command("keys")
    .description("list the inference keys")
    .action(async () => {
      const { keys } = await simulator().contents();
      for (const key of keys) print(`${key.hash.slice(0, 12)}  ${keyState(key).padEnd(12)}  ${key.name}`);
    });
  command
    .command("guardrails")
    .description("list the guardrails, and the keys that each is assigned to")
    .action(async () => {
      const { keys, guardrails, keyAssignments } = await simulator().contents();
      for (const { id, name } of guardrails) {
        const hashes = keyAssignments.filter((row) => row.guardrail_id === id).map((row) => row.key_hash);
        const names = keys.filter((key) => hashes.includes(key.hash)).map((key) => key.name);
        print(`${id}  ${name}${names.length > 0 ? `: ${names.join(", ")}` : ""}`);
      }
    });

  const onKey = (name: string, description: string, act: (connection: Connection, hash: string) => Promise<unknown>) =>
    command
      .command(name)
      .argument("<key>", "name or hash")
      .description(description)
      .action(async (key: string) => {
        const connection = simulator();
        const { hash, name: found } = oneOf((await connection.contents()).keys, "key", key, (each) => each.hash);
        await act(connection, hash);
        print(`${name}: key "${found}" (${hash.slice(0, 12)})`);
      });
  onKey("disable", "disable a key", ({ perform }, hash) => perform("updateKey", hash, { disabled: true }));
  onKey("enable", "enable a key", ({ perform }, hash) => perform("updateKey", hash, { disabled: false }));
  onKey("delete", "delete a key", ({ perform }, hash) => perform("deleteKey", hash));

  const withAmount = (name: string, description: string, act: (hash: string, usd: number | null) => Action) =>
    command
      .command(name)
      .argument("<key>", "name or hash")
      .argument("<usd>", "amount, or none", amount)
      .description(description)
      .action(async (key: string, usd: number | null) => {
        const connection = simulator();
        const { hash, name: found } = oneOf((await connection.contents()).keys, "key", key, (each) => each.hash);
        await connection.perform(...act(hash, usd));
        print(`${name}: key "${found}" (${hash.slice(0, 12)}), ${usd ?? "none"}`);
      });
  withAmount("set-limit", "set the limit of a key", (hash, limit) => ["updateKey", hash, { limit }]);
  withAmount("use", "spend with a key", (hash, usd) => ["useKey", hash, usd ?? 0]);

  const onAssignment = (name: "assign" | "unassign", description: string) =>
    command
      .command(name)
      .argument("<guardrail>", "name or id")
      .argument("<keys...>", "names or hashes")
      .description(description)
      .action(async (guardrail: string, chosen: string[]) => {
        const connection = simulator();
        const { guardrails, keys } = await connection.contents();
        const { id, name: found } = oneOf(guardrails, "guardrail", guardrail, (each) => each.id);
        const hashes = chosen.map((key) => oneOf(keys, "key", key, (each) => each.hash).hash);
        await connection.perform(name, id, { keys: hashes });
        print(`${name}: guardrail "${found}", ${chosen.join(", ")}`);
      });
  onAssignment("assign", "assign a guardrail to keys; they leave the one they have");
  onAssignment("unassign", "take a guardrail from keys");

  command
    .command("delete-guardrail")
    .argument("<guardrail>", "name or id")
    .description("delete a guardrail")
    .action(async (guardrail: string) => {
      const connection = simulator();
      const { id, name } = oneOf((await connection.contents()).guardrails, "guardrail", guardrail, (each) => each.id);
      await connection.perform("deleteGuardrail", id);
      print(`delete-guardrail: "${name}"`);
    });
  return command;
}

function defaultUrl(): string {
  return `http://127.0.0.1:${SIMULATOR_PORT}/api/v1`;
}

function keyState({ disabled, limit }: { disabled: boolean; limit: number | null }): string {
  return disabled ? "disabled" : limit === null ? "no limit" : `$${limit}`;
}

function amount(text: string): number | null {
  if (text === "none") return null;
  const usd = Number(text);
  if (text.trim() === "" || !Number.isFinite(usd)) throw new InvalidArgumentError('It has to be a number or "none".');
  return usd;
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
  if (!only) throw new Error(`the simulator has no ${kind} "${wanted}"`);
  const identities = matches.map((row) => identity(row).slice(0, 12));
  throw new Error(`"${wanted}" is ${matches.length} ${kind}s: ${identities.join(", ")}`);
}

type Action = [keyof Dashboard, ...unknown[]];

interface Connection {
  contents(): Promise<Contents>;
  perform(...action: Action): Promise<void>;
}

/** To a simulator on this machine only: the address may come from the environment and name the real API. */
function connect(url: string): Connection {
  const { hostname, origin } = new URL(url);
  if (hostname !== "127.0.0.1") throw new Error(`${origin} is no simulator: those are at 127.0.0.1`);
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${origin}/__dashboard${path}`, init).catch((cause: unknown) => {
      throw new Error(`no simulator answers at ${origin}; "pulumi-openrouter simulator" starts one`, { cause });
    });
    const answer = (await response.json()) as { error?: string };
    if (!response.ok) throw new Error(answer.error ?? `${origin} answered ${response.status}`);
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
