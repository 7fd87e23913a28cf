/** The prompt before a change of the account. */
import { EXIT, type Terminal, UsageError } from "./terminal";

export interface Confirmation {
  /** Of the change, with its effect. */
  question: string;
  /** A clause for the case that the change is not made: `nothing was removed`. */
  otherwise: string;
}

/** Before any request. @throws UsageError without a terminal for the prompt */
export function requirePrompt({ interactive }: Terminal, { otherwise }: Confirmation, yes: boolean): void {
  if (yes || interactive) return;
  throw new UsageError(`${otherwise}: there is no terminal for the prompt. Add --yes to skip it`);
}

/** Whether to make the change. If not, says so and sets the exit code. */
export async function isConfirmed(
  terminal: Terminal,
  { question, otherwise }: Confirmation,
  yes: boolean,
): Promise<boolean> {
  if (yes || /^y(es)?$/i.test((await terminal.ask(`${question} [y/N] `)).trim())) return true;
  terminal.err(`${otherwise.charAt(0).toUpperCase()}${otherwise.slice(1)}.`);
  terminal.exitCode(EXIT.finding);
  return false;
}
