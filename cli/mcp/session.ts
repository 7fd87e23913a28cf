/** What the tools of one session share: the account, the catalog, and what the user allowed at the start. */
import { readStates, type StackChoices } from "../audit/read";
import { type Account, openAccount, openAsInferenceKey, openCatalog } from "../shared/account";
import type { Sources } from "../shared/catalog";
import type { StackState } from "../shared/state";
import { type Terminal, UsageError } from "../shared/terminal";
import { rememberReads } from "./rememberReads";

export interface SessionOptions extends StackChoices {
  /** Files with states of stacks. */
  state?: readonly string[] | undefined;
  /** YAML files with budgets, in the project. */
  budgets?: readonly string[] | undefined;
  allowPreview?: boolean | undefined;
  allowWrites?: boolean | undefined;
  /** Directory for the files of new keys. */
  keyDir?: string | undefined;
}

export interface Session {
  terminal: Terminal;
  options: SessionOptions;
  /** Without the cache: an amount that was read a minute ago may be spent. */
  account(): Account;
  /** The account as `OPENROUTER_API_KEY` sees it. */
  asInferenceKey(): Account;
  models: Sources;
  /** The states of --stack and --state, read afresh. @throws UsageError if there are none */
  states(): Promise<StackState[]>;
}

export function openSession(terminal: Terminal, options: SessionOptions, now: () => number = Date.now): Session {
  const { stack = [], state = [], budgets = [] } = options;
  if (state.includes("-")) throw new UsageError("--state: pass a file; standard input is for the assistant");
  // A preview runs their changes: neither programs nor Pulumi's own files.
  if (!budgets.every((file) => /^(?!(.*\/)?Pulumi\.).*\.ya?ml$/i.test(file))) {
    throw new UsageError("--budgets: pass a YAML file with budgets, .yaml or .yml, and not one of Pulumi's own");
  }
  const account = once(() => openAccount(terminal));
  return {
    terminal,
    options,
    account,
    asInferenceKey: once(() => openAsInferenceKey(terminal)),
    models: { catalog: once(() => rememberReads(openCatalog(terminal), now)), account },
    states: async () => {
      if (stack.length + state.length === 0) {
        throw new UsageError("no state to compare with: the user must start the server with --stack or --state");
      }
      return readStates(terminal, state, options);
    },
  };
}

/** Each account opened registers its secrets with the terminal. */
function once<Result>(open: () => Result): () => Result {
  let opened: { result: Result } | undefined;
  return () => {
    opened ??= { result: open() };
    return opened.result;
  };
}
