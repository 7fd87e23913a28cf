import type { Api } from "../api/call";
import { type CurrentKey, readCurrentKey } from "../api/currentKey";
import { listKeysPage } from "../api/keys";
import { allOf } from "../api/pages";
import { listWorkspaces, oldestFirst } from "../api/workspaces";
import { AccountMismatchError, ApiError, withOperation } from "../errors";
import { isUuid } from "../ids";

/** An account, as a state remembers it. */
export interface AccountRef {
  /** Its oldest workspace when the object was written; empty if it had none. */
  workspace: string;
  /** Only if the process had a reason to read it. */
  organization?: string;
  /** Base URL. */
  server: string;
}

/** Ids of the organization or workspaces that identify the account, as `openrouter:account` lists them. */
export function pinnedIds(pin: string | undefined): string[] {
  const ids = (pin ?? "").split(",").map((id) => id.trim());
  return ids.filter(Boolean).map((id) => (isUuid(id) ? id.toLowerCase() : id));
}

/** The value of `openrouter:account` for this account. */
export function pinOf({ organization, workspace }: Pick<AccountRef, "organization" | "workspace">): string {
  return organization ?? workspace;
}

/** Why the management key does not, or may not, belong to an account, and the next step. */
interface Doubt {
  problem: string;
  advice: string;
}

export class AccountGuard {
  /** Accounts in the states of resources seen so far, with the first resource of each. */
  private readonly met = new Map<string, { account: AccountRef; object: string }>();
  private readonly confirmed = new Set<string>();
  private visible: Promise<string[]> | undefined;
  private key: Promise<CurrentKey> | undefined;
  private organization: string | undefined;

  /** @param pins Read when needed: Pulumi configures a provider process after starting it. */
  constructor(private readonly pins: () => readonly string[]) {}

  /** Remembers the account of an object in the state. */
  meet(account: AccountRef | undefined, object: string): void {
    if (account && !this.met.has(keyOf(account))) this.met.set(keyOf(account), { account, object });
  }

  /** For planning, without a call. @throws AccountMismatchError if the state alone or the pin shows that accounts differ. */
  rejectMixedAccounts(operation: string): void {
    const met = [...this.met.values()];
    const [first, other] = met.flatMap((one, at) => {
      const different = met.slice(at + 1).find(({ account }) => areCertainlyDifferent(one.account, account));
      return different ? [one, different] : [];
    });
    if (first && other) {
      const locations = [first, other].map(({ account, object }) => `${object} is in ${described(account)}`);
      throw new AccountMismatchError(
        operation,
        `two accounts with one management key: ${locations.join(", ")}`,
        "give the resources of each account a separate Provider",
      );
    }
    const unpinned = met.find(({ account }) => this.differsFromPin(account));
    if (unpinned) {
      throw new AccountMismatchError(
        operation,
        `${unpinned.object} is in ${described(unpinned.account)}, and openrouter:account pins ${this.pins().join(",")}`,
        `use the Provider of its account; if both are one account, pin both: ${this.pinLine(unpinned.account)}`,
      );
    }
  }

  /** The account of the management key. Lists the workspaces, once per process. */
  async present(api: Api): Promise<AccountRef> {
    const isPinnedByOrganization = this.pins().some((id) => !isUuid(id));
    const [[workspace = ""]] = await Promise.all([
      this.workspaces(api),
      isPinnedByOrganization ? this.currentKey(api) : undefined,
    ]);
    return { workspace, ...(this.organization ? { organization: this.organization } : {}), server: api.baseUrl };
  }

  /**
   * Called before each write. A create has already listed the workspaces, so this costs no further call unless something
   * is in doubt. An update or delete needs no check: only its own account finds the object.
   *
   * @throws AccountMismatchError
   */
  async beforeWrite(api: Api, creates: boolean): Promise<void> {
    await this.confirmPin(api);
    if (!creates && this.met.size < 2) return;
    // A Map also iterates over entries that other operations add during the wait.
    for (const { account, object } of this.met.values()) {
      const doubt = await this.doubtAbout(api, account);
      if (doubt)
        throw new AccountMismatchError(api.operation, `${object} of this stack is ${doubt.problem}`, doubt.advice);
    }
  }

  /** Confirms that "not found" means deleted: the key belongs to the account of the object. @throws AccountMismatchError */
  async confirmGone(api: Api, account: AccountRef | undefined): Promise<void> {
    await this.confirmPin(api);
    // A different base URL may show the same account, but not all of its objects.
    const isElsewhere = account && account.server !== api.baseUrl;
    const doubt = isElsewhere ? otherServer(api, account) : account && (await this.doubtAbout(api, account));
    if (!doubt) return;
    throw new AccountMismatchError(
      api.operation,
      `not found, and it is ${doubt.problem}`,
      `nothing was removed from the state: ${doubt.advice}`,
    );
  }

  private async confirmPin(api: Api): Promise<void> {
    const pins = this.pins();
    if (pins.length === 0 || this.confirmed.has("pin")) return;
    const visible = await this.workspaces(api);
    if (!visible[0] || !pins.includes(visible[0])) {
      const { organizationId } = await this.currentKey(api);
      if (!organizationId || !pins.includes(organizationId)) {
        throw new AccountMismatchError(
          api.operation,
          `openrouter:account pins ${pins.join(",")}, and the account of this management key is ` +
            (organizationId ?? visible[0] ?? "unknown"),
          "use a management key of the pinned account, or correct the pin",
        );
      }
    }
    this.confirmed.add("pin");
  }

  /** Undefined if the management key certainly belongs to this account. */
  private async doubtAbout(api: Api, account: AccountRef): Promise<Doubt | undefined> {
    if (this.confirmed.has(keyOf(account))) return undefined;
    const doubt = await this.findDoubt(api, account);
    if (!doubt) this.confirmed.add(keyOf(account));
    return doubt;
  }

  private async findDoubt(api: Api, account: AccountRef): Promise<Doubt | undefined> {
    const visible = await this.workspaces(api);
    if (account.workspace && visible.includes(account.workspace)) return undefined;
    if (account.server !== api.baseUrl) return otherServer(api, account);
    if (!account.workspace && visible.length === 0) return undefined;
    const { organizationId, workspaceId } = await this.currentKey(api);
    const own = { workspace: visible[0] ?? "", ...(organizationId ? { organization: organizationId } : {}) };
    if (account.organization && organizationId) {
      if (account.organization === organizationId) return undefined;
      return different(account, own);
    }
    const isPinned = this.pins().includes(pinOf(account)) || this.pins().includes(account.workspace);
    if (workspaceId) {
      if (isPinned) return undefined;
      return {
        problem:
          `in ${described(account)}, and this management key is limited to workspace ${workspaceId}, ` +
          "so it can't tell whether that is the same account",
        advice: `use a key of the whole account; if it is the same one, pin both: ${this.pinLine(account, own)}`,
      };
    }
    if (account.workspace && !(await isDefaultWorkspaceGone(api))) return different(account, own);
    if (isPinned) return undefined;
    return {
      problem:
        `in ${described(account)}, and this management key's account ${pinOf(own)} has no default workspace anymore, ` +
        "so it can't tell whether that is the same account",
      advice: `if it is, pin both: ${this.pinLine(account, own)}`,
    };
  }

  /** A pin may have only the organization, which an older state does not have: then nothing certainly differs. */
  private differsFromPin({ workspace, organization }: AccountRef): boolean {
    const pins = this.pins();
    if (pins.length === 0 || pins.includes(workspace) || (organization && pins.includes(organization))) return false;
    return organization !== undefined || pins.every(isUuid);
  }

  private pinLine(...accounts: Pick<AccountRef, "organization" | "workspace">[]): string {
    const ids = new Set([...this.pins(), ...accounts.map(pinOf).filter(Boolean)]);
    return `pulumi config set openrouter:account ${[...ids].join(",")}`;
  }

  /** Ids of the account's workspaces, oldest first. */
  private async workspaces(api: Api): Promise<string[]> {
    this.visible ??= workspaceIds(api);
    try {
      return await this.visible;
    } catch (error) {
      this.visible = undefined;
      throw withOperation(api.operation, error);
    }
  }

  private async currentKey(api: Api): Promise<CurrentKey> {
    this.key ??= readCurrentKey(api);
    try {
      const key = await this.key;
      this.organization = key.organizationId ?? undefined;
      return key;
    } catch (error) {
      this.key = undefined;
      throw withOperation(api.operation, error);
    }
  }
}

function otherServer({ baseUrl }: Api, { server }: AccountRef): Doubt {
  return {
    problem: `at the base URL ${server}, and this run uses ${baseUrl}`,
    advice: `set OPENROUTER_BASE_URL to ${server}`,
  };
}

function different(account: AccountRef, own: Pick<AccountRef, "organization" | "workspace">): Doubt {
  return {
    problem: `in ${described(account)}, and this management key belongs to a different account (${pinOf(own)})`,
    advice: `use a management key of account ${pinOf(account)}; for several accounts in one stack, give each a Provider`,
  };
}

function described(account: AccountRef): string {
  return account.workspace || account.organization
    ? `account ${pinOf(account)}`
    : "an account that the state does not name";
}

function keyOf({ workspace, organization = "", server }: AccountRef): string {
  return [workspace, organization, server].join(" ");
}

function areCertainlyDifferent(one: AccountRef, other: AccountRef): boolean {
  if (one.workspace && one.workspace === other.workspace) return false;
  if (one.server !== other.server) return true;
  return Boolean(one.organization && other.organization && one.organization !== other.organization);
}

async function workspaceIds(api: Api): Promise<string[]> {
  return oldestFirst(await allOf(listWorkspaces(api))).map(({ id }) => id);
}

/** A call that relies on a deleted default workspace gets a 400. */
async function isDefaultWorkspaceGone(api: Api): Promise<boolean> {
  try {
    await listKeysPage(api, undefined, 0);
    return false;
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return true;
    throw error;
  }
}
