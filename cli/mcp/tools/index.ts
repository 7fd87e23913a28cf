/** The tools of a session. */
import type { Session } from "../session";
import type { Tool } from "../tool";
import { accountTools } from "./account";
import { keyTools } from "./keys";
import { modelTools } from "./models";
import { stackTools } from "./stacks";
import { usageTools } from "./usage";

export function toolsOf(session: Session): Tool[] {
  return [accountTools, keyTools, usageTools, modelTools, stackTools].flatMap((each) => each(session));
}
