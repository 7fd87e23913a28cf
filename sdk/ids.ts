import * as pulumi from "@pulumi/pulumi";
import { isUuid } from "../provider/ids";
import { rejection } from "./messages";

/** Rejects a key that is passed to `get` by mistake: the engine prints ids and stores them in the state. */
export function checkedId(
  call: string,
  id: pulumi.Input<pulumi.ID>,
  isId: (id: string) => boolean,
): pulumi.Output<pulumi.ID> {
  return pulumi.output(id).apply((value) => {
    if (value === undefined || isId(value)) return value;
    throw rejection(`${call}: not an id. Pass the \`id\` of a resource, or one that \`audit\` shows.`);
  });
}

/** The format is undocumented, but a key is certainly not a user id. */
export function isUserId(id: string): boolean {
  return id !== "" && !/sk-or-|[\s/]/.test(id);
}

/** `<guardrail id>/<assignee>` */
export function isPairOf(isAssignee: (id: string) => boolean): (id: string) => boolean {
  return (id) => {
    const [guardrailId = "", ...assignee] = id.split("/");
    return isUuid(guardrailId) && isAssignee(assignee.join("/"));
  };
}
