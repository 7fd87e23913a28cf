/** Reads what an audit compares: states of stacks, and the account. */
import { readCurrentKey } from "../../provider/api/currentKey";
import { RequestError } from "../../provider/errors";
import { isKeyHash, isUuid } from "../../provider/ids";
import type { Account } from "../shared/account";
import { readNamed } from "../shared/files";
import { type Inventory, readInventory, readMembers } from "../shared/inventory";
import { exportStack } from "../shared/pulumi";
import { type ObjectKind, parseStackExport, type StackState } from "../shared/state";
import { type Terminal, UsageError } from "../shared/terminal";
import { withManagedMembers } from "./assignmentDrift";
import { type Audit, evaluate } from "./findings";
import { auditData, type Subject } from "./json";

export interface StackChoices {
  /** Stacks to export with `pulumi`. */
  stack?: readonly string[] | undefined;
  /** Directory of the Pulumi project. */
  cwd?: string | undefined;
}

/** The account compared with these states, and the inventory with everything that could not be read. */
export async function readAudit(
  account: Account,
  states: readonly StackState[],
): Promise<{ found: Audit; inventory: Inventory }> {
  const present = await readInventory(account, { keys: idsOf("key", states), guardrails: idsOf("guardrail", states) });
  const members = await readMembers(account, withManagedMembers(present.guardrails, states));
  const inventory = { ...present, unreadable: [...present.unreadable, ...members.unreadable] };
  return { found: evaluate(inventory, members.of, states), inventory };
}

/** With the subject of the audit, and the data of the JSON. */
export async function readAuditReport(account: Account, states: readonly StackState[]) {
  const { found, inventory } = await readAudit(account, states);
  const { workspaces, oldestWorkspace } = inventory;
  const organization = await readOrganization(account);
  const subject: Subject = { baseUrl: account.baseUrl, account: organization ?? oldestWorkspace, workspaces, states };
  return { data: auditData(subject, found), subject, found, inventory };
}

/** The states of files and stacks. @throws UsageError if there are none, or one can't be read */
export async function readStates(
  terminal: Terminal,
  files: readonly string[],
  { stack: stacks = [], cwd }: StackChoices,
): Promise<StackState[]> {
  if (files.length === 0 && stacks.length === 0) {
    throw new UsageError("pass the file of a `pulumi stack export`, or --stack with the name of a stack");
  }
  const states: StackState[] = [];
  for (const file of files) {
    const { text, source } = await readNamed(terminal, file);
    states.push(parseStackExport(text, source));
  }
  for (const stack of stacks) {
    const text = await exportStack({ stack, cwd }, terminal.env);
    states.push(parseStackExport(text, `the export of stack ${stack}`));
  }
  return states;
}

/** Ids only: anything else that a file has in their place stays out of URLs. */
function idsOf(kind: ObjectKind, states: readonly StackState[]): string[] {
  const objects = states.flatMap((state) => state.objects.filter((object) => object.kind === kind));
  const isId = kind === "key" ? isKeyHash : isUuid;
  return [...new Set(objects.map(({ id }) => id).filter(isId))];
}

/** Undefined for a personal account, and if the server does not say. */
async function readOrganization(account: Account): Promise<string | undefined> {
  try {
    return (await readCurrentKey(account.start("read", "the management key"))).organizationId ?? undefined;
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}
