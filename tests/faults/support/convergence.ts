/** Whether rule 1 of "nothing lost, nothing doubled, nothing leaked" holds. Problems are told as texts, none is good. */
import { isDeepStrictEqual } from "node:util";
import type { Account, KeyAssignment, MemberAssignment } from "../../../testing/simulator/account";
import { hashOf } from "../../../testing/simulator/ids";
import type { LoggedRequest, Simulator } from "../../../testing/simulator/index";
import { type Declaration, type Declared, defaultName, type InProcessStack, type Managed } from "./inProcessStack";
import { leaks } from "./texts";

/** What is in the account and not the stack's. */
export interface Bystanders {
  keys: string[];
  guardrails: string[];
  /** Ids of assignments of what is still there. */
  pairs: string[];
}

export function present({ account }: Simulator): Bystanders {
  const keys = account.keys.map(({ hash }) => hash);
  const pairs = [
    ...account.keyAssignments.filter((row) => keys.includes(row.key_hash)).map(keyPair),
    ...account.memberAssignments.map(memberPair),
  ];
  return { keys, guardrails: account.guardrails.map(({ id }) => id), pairs };
}

const keyPair = (row: KeyAssignment) => `${row.guardrail_id}/${row.key_hash}`;
const memberPair = (row: MemberAssignment) => `${row.guardrail_id}/${row.user_id}`;

/** After the operation that recovers. Ends with an `up`, which has to do nothing and to ask nothing. */
export async function problemsOfState(
  simulator: Simulator,
  stack: InProcessStack,
  declaration: Declaration,
): Promise<string[]> {
  const problems = Object.entries(declaration).flatMap(([name, declared]) => {
    const managed = stack.state.filter((each) => each.name === name);
    const [only] = managed;
    if (!only || managed.length > 1) return [`${name} is ${managed.length} times in the state`];
    if (only.halfDone) return [`${name} is half done`];
    return problemsOfObject(simulator, only, argsOf(declared, only), stack.name);
  });
  for (const { name } of stack.state) if (!(name in declaration)) problems.push(`${name} is still in the state`);

  const asked = simulator.requests.length;
  const { ok, steps, said } = await stack.up(declaration);
  if (!ok || steps.length > 0) problems.push(`a second up is not empty: ${steps.join(", ")} ${said[0] ?? ""}`);
  if (simulator.requests.length > asked) problems.push(`a second up asks: ${lines(simulator.requests.slice(asked))}`);

  const before = structuredClone(stack.state);
  const refreshed = await stack.refresh();
  if (!refreshed.ok) problems.push(`a refresh fails: ${refreshed.said[0]}`);
  problems.push(...differences(before, stack.state));
  return problems;
}

/**
 * A refresh while the API may still show what was there before: old values count as drift for a while, and no object is
 * lost. Ends with an `up` after the lag.
 */
export async function problemsOfLag(
  simulator: Simulator,
  stack: InProcessStack,
  declaration: Declaration,
  lagMs: number,
): Promise<string[]> {
  const before = stack.state.map(({ name, id }) => [name, id]);
  const early = await stack.refresh();
  const problems = early.ok ? [] : [`an early refresh fails: ${early.said[0]}`];
  const after = stack.state.map(({ name, id }) => [name, id]);
  if (!isDeepStrictEqual(before, after)) problems.push(`an early refresh leaves ${after.join()} of ${before.join()}`);
  simulator.clock.advance(lagMs);
  const { ok, said: errors } = await stack.up(declaration, { refresh: true });
  return ok ? problems : [...problems, `up after the lag fails: ${errors[0]}`];
}

/** The first refresh shows who assigned a pair and when exactly, which is no drift. */
const LEARNT_LATER = ["assignedBy", "createdAt"];

function differences(before: Managed[], after: Managed[]): string[] {
  return before.flatMap((old) => {
    const now = after.find(({ name }) => name === old.name);
    if (!now) return [`a refresh does not find ${old.name}`];
    const names = Object.keys({ ...old.outputs, ...now.outputs }).filter(
      (name) =>
        !(LEARNT_LATER.includes(name) && old.kind.endsWith("Assignment")) &&
        !isDeepStrictEqual(old.outputs[name], now.outputs[name]),
    );
    return names.map((name) => `${name} of ${old.name} is not what the account has`);
  });
}

/** What an object has to be like: as declared, and where changes are ignored as it was. */
function argsOf({ args = {}, ignoreChanges = [] }: Declared, { inputs }: Managed): Record<string, unknown> {
  return { ...args, ...Object.fromEntries(ignoreChanges.map((name) => [name, inputs[name]])) };
}

function problemsOfObject(
  { account }: Simulator,
  managed: Managed,
  args: Record<string, unknown>,
  stack: string,
): string[] {
  const { name, kind, id, outputs } = managed;
  const wanted = (args.name as string | undefined) ?? defaultName(name, stack);
  if (kind === "InferenceKey") {
    const key = account.keys.find(({ hash }) => hash === id);
    if (!key) return [`${name} is not in the account`];
    const hasSecret = "adopt" in args || hashOf(String(outputs.key)) === id;
    const isAsDeclared =
      key.name === wanted &&
      key.limit === (args.limit ?? null) &&
      key.disabled === (args.disabled ?? false) &&
      JSON.stringify(outputs.keepers) === JSON.stringify(args.keepers) &&
      key.workspace_id === (args.workspaceId ?? account.default_workspace_id);
    return [...(hasSecret ? [] : [`the secret of ${name} is lost`]), ...(isAsDeclared ? [] : [`${name} differs`])];
  }
  if (kind === "Guardrail") {
    const guardrail = account.guardrails.find((each) => each.id === id);
    if (!guardrail) return [`${name} is not in the account`];
    const isAsDeclared = guardrail.name === wanted && guardrail.limit_usd === (args.limitUsd ?? null);
    return isAsDeclared ? [] : [`${name} differs`];
  }
  if (kind === "GuardrailAssignments") return problemsOfSet(account, managed, args);
  const pairs = [...account.keyAssignments.map(keyPair), ...account.memberAssignments.map(memberPair)];
  return pairs.filter((pair) => pair === id).length === 1 ? [] : [`${name} is not assigned once`];
}

/** Of an exclusive set the lists are all that is assigned. */
function problemsOfSet(account: Account, { name, outputs }: Managed, args: Record<string, unknown>): string[] {
  const { guardrailId, exclusive = true } = outputs;
  const ofGuardrail = (row: { guardrail_id: string }) => row.guardrail_id === guardrailId;
  const living = new Set(account.keys.map(({ hash }) => hash));
  const hashes = account.keyAssignments.filter(ofGuardrail).map(({ key_hash }) => key_hash);
  const live: Record<string, string[]> = {
    keyHashes: hashes.filter((hash) => living.has(hash)),
    userIds: account.memberAssignments.filter(ofGuardrail).map(({ user_id }) => user_id),
  };
  return Object.entries(live).flatMap(([list, assigned]) => {
    if (args[list] === undefined) return [];
    const managed = (outputs[list] ?? []) as string[];
    const seen = exclusive ? assigned : assigned.filter((each) => managed.includes(each));
    return isDeepStrictEqual([...managed].sort(), seen.sort()) ? [] : [`${list} of ${name} are not what is assigned`];
  });
}

/** Objects that neither the state knows nor anybody else made. */
export function leftBehind({ account }: Simulator, stack: InProcessStack, others: Bystanders) {
  const managed = new Set(stack.state.map(({ id }) => id));
  const isLeft = (id: string, known: string[]) => !managed.has(id) && !known.includes(id);
  return {
    keys: account.keys.filter(({ hash }) => isLeft(hash, others.keys)),
    guardrails: account.guardrails.filter(({ id }) => isLeft(id, others.guardrails)),
  };
}

/** What is left behind has to be named with its date. */
export function problemsOfLeftovers(simulator: Simulator, stack: InProcessStack, others: Bystanders, said: string[]) {
  const { keys, guardrails } = leftBehind(simulator, stack, others);
  return [
    ...keys
      .filter(({ hash, created_at, name }) => !isNamed(hash, created_at, said) && !isInDoubt(name, said))
      .map(({ name }) => `key ${name} is lost`),
    ...guardrails
      .filter(({ id, created_at, name }) => !isNamed(id, created_at, said) && !isInDoubt(name, said))
      .map(({ name }) => `guardrail ${name} is lost`),
  ];
}

/** A message names it by id and date. */
export function isNamed(id: string, created: Date, said: readonly string[]): boolean {
  const date = created.toISOString().slice(0, 19);
  return said.some((text) => text.includes(`${id}, created ${date}`));
}

/** A message says of a create of this name that its outcome is unknown, because the account could not be listed. */
function isInDoubt(name: string, said: readonly string[]): boolean {
  return said.some((text) =>
    text.includes(`"${name}": the response was lost, and listing the account to check failed`),
  );
}

/** What the messages advise. */
export function removeLeftovers(simulator: Simulator, stack: InProcessStack, others: Bystanders): void {
  const { keys, guardrails } = leftBehind(simulator, stack, others);
  for (const { hash } of keys) simulator.dashboard.deleteKey(hash);
  for (const { id } of guardrails) simulator.dashboard.deleteGuardrail(id);
}

/** Does what the messages advise, then destroys: only what others have made stays. */
export async function problemsOfDestroy(simulator: Simulator, stack: InProcessStack, others: Bystanders) {
  removeLeftovers(simulator, stack, others);
  // What was adopted is the stack's now.
  const isTheirs = (id: string) => !stack.state.some((managed) => managed.id === id);
  const theirs = { ...others, keys: others.keys.filter(isTheirs), guardrails: others.guardrails.filter(isTheirs) };
  const { ok, said } = await stack.destroy();
  const problems = ok ? [] : [`destroy fails: ${said[0]}`];
  const stay = present(simulator);
  if (!isDeepStrictEqual(stay, theirs)) problems.push(`${count(stay)} stay in place of ${count(theirs)}`);
  return problems;
}

function count({ keys, guardrails, pairs }: Bystanders): string {
  return `${keys.length} keys, ${guardrails.length} guardrails and ${pairs.length} assignments`;
}

/** After an attempt to make something whose outcome is not known there has to be a look before the next one. */
export function problemsOfAttempts({ requests, faults }: Simulator): string[] {
  const struck = new Set(faults.fired.map(({ request }) => request));
  const placeOf = ({ path }: LoggedRequest) => path.replace(/\/$/, "");
  const isMaking = (each: LoggedRequest) => each.method === "POST" && /^\/(keys|guardrails)$/.test(placeOf(each));
  const nameOf = ({ body }: LoggedRequest) => (body as { name: string }).name;
  return requests.flatMap((first, at) => {
    if (!isMaking(first) || !struck.has(first) || first.status === 429) return [];
    const rest = requests.slice(at + 1);
    // A redirect to the same path with a slash at its end is followed: that is the same attempt.
    if (rest[0]?.path === `${first.path}/`) return [];
    const again = rest.findIndex(
      (each) => isMaking(each) && placeOf(each) === placeOf(first) && nameOf(each) === nameOf(first),
    );
    const looked = rest
      .slice(0, Math.max(again, 0))
      .some((each) => each.method === "GET" && placeOf(each) === placeOf(first));
    return again < 0 || looked ? [] : [`${placeOf(first)} is tried again without a look`];
  });
}

export function problemsOfSecrets(said: readonly string[]): string[] {
  return leaks(said).map((text) => `a secret is printed: ${text.slice(0, 40)}…`);
}

export function lines(requests: readonly LoggedRequest[]): string {
  return requests.map(({ method, path }) => `${method} ${path}`).join(", ");
}
