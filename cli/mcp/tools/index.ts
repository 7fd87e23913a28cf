/** The tools of a session. */
import { UsageError } from "../../shared/terminal";
import type { Session } from "../session";
import type { Tool } from "../tool";
import { KeyDirectory } from "../writes/keyDirectory";
import { writesOf } from "../writes/write";
import { accountTools } from "./account";
import { changeTools } from "./changes";
import { guardrailTools } from "./guardrails";
import { keyTools } from "./keys";
import { modelTools } from "./models";
import { stackTools } from "./stacks";
import { usageTools } from "./usage";
import { writeAssignmentTools } from "./writeAssignments";
import { writeGuardrailTools } from "./writeGuardrails";
import { writeKeyTools } from "./writeKeys";

const READS = [accountTools, keyTools, usageTools, modelTools, guardrailTools, stackTools, changeTools];

/** @throws UsageError if the options contradict each other */
export function toolsOf(session: Session): Tool[] {
  const reads = READS.flatMap((toolsFor) => toolsFor(session));
  return [...reads, ...writeTools(session)];
}

/** None, unless the user allowed them. */
function writeTools(session: Session): Tool[] {
  const { allowWrites, keyDir, stack = [], state = [] } = session.options;
  if (!allowWrites && keyDir !== undefined) throw new UsageError("--key-dir is for --allow-writes");
  if (!allowWrites) return [];
  if (stack.length + state.length === 0) {
    throw new UsageError("--allow-writes needs --stack or --state: it refuses to change what those stacks manage");
  }
  const define = writesOf(session);
  const keyDirectory = keyDir === undefined ? undefined : new KeyDirectory(keyDir);
  return [
    ...writeKeyTools(session, define, keyDirectory),
    ...writeGuardrailTools(session, define),
    ...writeAssignmentTools(session, define),
  ];
}
