import * as pulumi from "@pulumi/pulumi";
import { isUuid } from "../provider/ids";
import { rejection } from "./texts";

/**
 * The id that is passed to a `get`, checked before the engine sees it: it prints ids and keeps them in the state, and a
 * key that is passed by mistake must get into neither.
 */
export function checkedId(
  call: string,
  id: pulumi.Input<pulumi.ID>,
  isId: (text: string) => boolean,
): pulumi.Output<pulumi.ID> {
  return pulumi.output(id).apply((text) => {
    if (text === undefined || isId(text)) return text;
    throw rejection(`${call}: this is not an id. Pass the \`id\` of a resource, or one that \`audit\` shows.`);
  });
}

/** No form is documented; a key is certainly none. */
export function isUserId(text: string): boolean {
  return text !== "" && !/sk-or-|[\s/]/.test(text);
}

/** `<guardrail id>/<assignee>` */
export function isPairOf(isAssignee: (text: string) => boolean): (id: string) => boolean {
  return (id) => {
    const [guardrailId = "", ...assignee] = id.split("/");
    return isUuid(guardrailId) && isAssignee(assignee.join("/"));
  };
}
