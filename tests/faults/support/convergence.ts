/** Checks that nothing is lost, duplicated or leaked. Each check returns its problems as sentences. */
import { isDeepStrictEqual } from "node:util";
import type { Account, KeyAssignment, MemberAssignment } from "../../../testing/simulator/account";
import { hashOf } from "../../../testing/simulator/ids";
import type { LoggedRequest, Simulator } from "../../../testing/simulator/index";
import { type Declaration, type Declared, defaultName, type InProcessStack, type Managed } from "./inProcessStack";
import { leaks } from "./leaks";

/** Ids of objects outside the stack. */
export interface Unmanaged {
  keys: string[];
  guardrails: string[];
  /** Ids of the assignments of existing keys and members. */
  pairs: string[];
}

export function present({ account }: Simulator): Unmanaged {
  const keys = account.keys.map(({ hash }) => hash);
  const pairs = [
    ...account.keyAssignments.filter((row) => keys.includes(row.key_hash)).map(keyPair),
    ...account.memberAssignments.map(memberPair),
  ];
  return { keys, guardrails: account.guardrails.map(({ id }) => id), pairs };
}

const keyPair = (row: KeyAssignment) => `${row.guardrail_id}/${row.key_hash}`;
const memberPair = (row: MemberAssignment) => `${row.guardrail_id}/${row.user_id}`;

/** Checks state and account after a recovery. Another `up` must change nothing and make no call. */
export async function problemsOfState(
  simulator: Simulator,
  stack: InProcessStack,
  declaration: Declaration,
): Promise<string[]> {
  const problems = Object.entries(declaration).flatMap(([name, declared]) => {
    const managed = stack.state.filter((each) => each.name === name);
    const [only] = managed;
    if (!only || managed.length > 1) return [`${name} is ${managed.length} times in the state`];
    if (only.unfinished) return [`${name} is unfinished`];
    return problemsOfObject(simulator, only, argsOf(declared, only), stack.name);
  });
  for (const { name } of stack.state) if (!(name in declaration)) problems.push(`${name} is still in the state`);

  const callsBefore = simulator.requests.length;
  const { ok, steps, printed } = await stack.up(declaration);
  if (!ok || steps.length > 0) problems.push(`a second up is not empty: ${steps.join(", ")} ${printed[0] ?? ""}`);
  if (simulator.requests.length > callsBefore) {
    problems.push(`a second up makes calls: ${lines(simulator.requests.slice(callsBefore))}`);
  }

  const before = structuredClone(stack.state);
  const refreshed = await stack.refresh();
  if (!refreshed.ok) problems.push(`a refresh fails: ${refreshed.printed[0]}`);
  problems.push(...differences(before, stack.state));
  return problems;
}

/**
 * Checks that a refresh loses no object while the API may still return old values, and that an `up` after the lag
 * succeeds.
 */
export async function problemsOfLag(
  simulator: Simulator,
  stack: InProcessStack,
  declaration: Declaration,
  lagMs: number,
): Promise<string[]> {
  const before = stack.state.map(({ name, id }) => [name, id]);
  const early = await stack.refresh();
  const problems = early.ok ? [] : [`an early refresh fails: ${early.printed[0]}`];
  const after = stack.state.map(({ name, id }) => [name, id]);
  if (!isDeepStrictEqual(before, after)) problems.push(`an early refresh leaves ${after.join()} of ${before.join()}`);
  simulator.clock.advance(lagMs);
  const { ok, printed: errors } = await stack.up(declaration, { refresh: true });
  return ok ? problems : [...problems, `up after the lag fails: ${errors[0]}`];
}

/** Outputs of an assignment that only a refresh can read. */
const READ_BY_REFRESH = ["assignedBy", "createdAt"];

function differences(before: Managed[], after: Managed[]): string[] {
  return before.flatMap((old) => {
    const now = after.find(({ name }) => name === old.name);
    if (!now) return [`a refresh does not find ${old.name}`];
    const names = Object.keys({ ...old.outputs, ...now.outputs }).filter(
      (name) =>
        !(READ_BY_REFRESH.includes(name) && old.kind.endsWith("Assignment")) &&
        !isDeepStrictEqual(old.outputs[name], now.outputs[name]),
    );
    return names.map((name) => `${name} of ${old.name} differs from the account`);
  });
}

/** The expected inputs: the declared ones, or the previous value of an input whose changes are ignored. */
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
  const expectedName = (args.name as string | undefined) ?? defaultName(name, stack);
  if (kind === "InferenceKey") {
    const key = account.keys.find(({ hash }) => hash === id);
    if (!key) return [`${name} is not in the account`];
    const hasSecret = "adopt" in args || hashOf(String(outputs.key)) === id;
    const isAsDeclared =
      key.name === expectedName &&
      key.limit === (args.limit ?? null) &&
      key.disabled === (args.disabled ?? false) &&
      JSON.stringify(outputs.keepers) === JSON.stringify(args.keepers) &&
      key.workspace_id === (args.workspaceId ?? account.default_workspace_id);
    return [...(hasSecret ? [] : [`the secret of ${name} is lost`]), ...(isAsDeclared ? [] : [`${name} differs`])];
  }
  if (kind === "Guardrail") {
    const guardrail = account.guardrails.find((each) => each.id === id);
    if (!guardrail) return [`${name} is not in the account`];
    const isAsDeclared = guardrail.name === expectedName && guardrail.limit_usd === (args.limitUsd ?? null);
    return isAsDeclared ? [] : [`${name} differs`];
  }
  if (kind === "GuardrailAssignments") return problemsOfSet(account, managed, args);
  const pairs = [...account.keyAssignments.map(keyPair), ...account.memberAssignments.map(memberPair)];
  return pairs.filter((pair) => pair === id).length === 1 ? [] : [`${name} is not assigned once`];
}

/** An exclusive set lists every assignment of its guardrail. */
function problemsOfSet(account: Account, { name, outputs }: Managed, args: Record<string, unknown>): string[] {
  const { guardrailId, exclusive = true } = outputs;
  const ofGuardrail = (row: { guardrail_id: string }) => row.guardrail_id === guardrailId;
  const existing = new Set(account.keys.map(({ hash }) => hash));
  const hashes = account.keyAssignments.filter(ofGuardrail).map(({ key_hash }) => key_hash);
  const live: Record<string, string[]> = {
    keyHashes: hashes.filter((hash) => existing.has(hash)),
    userIds: account.memberAssignments.filter(ofGuardrail).map(({ user_id }) => user_id),
  };
  return Object.entries(live).flatMap(([list, assigned]) => {
    if (args[list] === undefined) return [];
    const managed = (outputs[list] ?? []) as string[];
    const expected = exclusive ? assigned : assigned.filter((each) => managed.includes(each));
    return isDeepStrictEqual([...managed].sort(), expected.sort())
      ? []
      : [`${list} of ${name} differ from the assignments`];
  });
}

/** Objects that are neither in the state nor created outside the stack. */
export function orphansIn({ account }: Simulator, stack: InProcessStack, others: Unmanaged) {
  const managed = new Set(stack.state.map(({ id }) => id));
  const isOrphan = (id: string, known: string[]) => !managed.has(id) && !known.includes(id);
  return {
    keys: account.keys.filter(({ hash }) => isOrphan(hash, others.keys)),
    guardrails: account.guardrails.filter(({ id }) => isOrphan(id, others.guardrails)),
  };
}

/** Every orphan must be reported with its date of creation. */
export function problemsOfOrphans(simulator: Simulator, stack: InProcessStack, others: Unmanaged, printed: string[]) {
  const { keys, guardrails } = orphansIn(simulator, stack, others);
  return [
    ...keys
      .filter(
        ({ hash, created_at, name }) => !isReported(hash, created_at, printed) && !isReportedAsUnknown(name, printed),
      )
      .map(({ name }) => `key ${name} is lost`),
    ...guardrails
      .filter(({ id, created_at, name }) => !isReported(id, created_at, printed) && !isReportedAsUnknown(name, printed))
      .map(({ name }) => `guardrail ${name} is lost`),
  ];
}

/** Whether a message shows an object by id and date. */
export function isReported(id: string, created: Date, printed: readonly string[]): boolean {
  const date = created.toISOString().slice(0, 19);
  return printed.some((message) => message.includes(`${id}, created ${date}`));
}

/** Whether a message reports that the outcome of a create is unknown because the account could not be listed. */
function isReportedAsUnknown(name: string, printed: readonly string[]): boolean {
  return printed.some((message) =>
    message.includes(`"${name}": the response was lost, and listing the account to check failed`),
  );
}

/** Deletes the orphans, as the messages advise. */
export function removeOrphans(simulator: Simulator, stack: InProcessStack, others: Unmanaged): void {
  const { keys, guardrails } = orphansIn(simulator, stack, others);
  for (const { hash } of keys) simulator.dashboard.deleteKey(hash);
  for (const { id } of guardrails) simulator.dashboard.deleteGuardrail(id);
}

/** Deletes the orphans and destroys the stack: only objects outside the stack remain. */
export async function problemsOfDestroy(simulator: Simulator, stack: InProcessStack, others: Unmanaged) {
  removeOrphans(simulator, stack, others);
  // Adopted objects belong to the stack.
  const isTheirs = (id: string) => !stack.state.some((managed) => managed.id === id);
  const theirs = { ...others, keys: others.keys.filter(isTheirs), guardrails: others.guardrails.filter(isTheirs) };
  const { ok, printed } = await stack.destroy();
  const problems = ok ? [] : [`destroy fails: ${printed[0]}`];
  const remaining = present(simulator);
  if (!isDeepStrictEqual(remaining, theirs)) problems.push(`${count(remaining)} remain instead of ${count(theirs)}`);
  return problems;
}

function count({ keys, guardrails, pairs }: Unmanaged): string {
  return `${keys.length} keys, ${guardrails.length} guardrails and ${pairs.length} assignments`;
}

/** A create with an unknown outcome must be followed by a list before it is retried. */
export function problemsOfAttempts({ requests, faults }: Simulator): string[] {
  const struck = new Set(faults.fired.map(({ request }) => request));
  const pathOf = ({ path }: LoggedRequest) => path.replace(/\/$/, "");
  const isCreate = (each: LoggedRequest) => each.method === "POST" && /^\/(keys|guardrails)$/.test(pathOf(each));
  const nameOf = ({ body }: LoggedRequest) => (body as { name: string }).name;
  return requests.flatMap((first, at) => {
    if (!isCreate(first) || !struck.has(first) || first.status === 429) return [];
    const rest = requests.slice(at + 1);
    // A redirect to the same path with a trailing slash belongs to the same attempt.
    if (rest[0]?.path === `${first.path}/`) return [];
    const retry = rest.findIndex(
      (each) => isCreate(each) && pathOf(each) === pathOf(first) && nameOf(each) === nameOf(first),
    );
    const isListed = rest
      .slice(0, Math.max(retry, 0))
      .some((each) => each.method === "GET" && pathOf(each) === pathOf(first));
    return retry < 0 || isListed ? [] : [`a create at ${pathOf(first)} is retried without a list`];
  });
}

export function problemsOfSecrets(printed: readonly string[]): string[] {
  return leaks(printed).map((message) => `a secret is printed: ${message.slice(0, 40)}…`);
}

export function lines(requests: readonly LoggedRequest[]): string {
  return requests.map(({ method, path }) => `${method} ${path}`).join(", ");
}
