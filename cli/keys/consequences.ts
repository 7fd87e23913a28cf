/** How Pulumi treats a change outside it, and the change of the program that makes it permanent. Pure. */
import { printable } from "../shared/output";
import type { Owner } from "./owner";

/** A change of a key, as a program declares it. */
export interface ProgramChange {
  /** `the key disabled`. */
  result: string;
  /** Inputs of the `InferenceKey`. */
  lines: readonly string[];
  /** An input that it must not have. */
  remove?: string | undefined;
}

export function consequences(change: ProgramChange, owner: Owner | undefined): string {
  return [...ownerLines(owner), ...treatment(change), ...programLines(change)].join("\n");
}

function ownerLines(owner: Owner | undefined): string[] {
  if (!owner) {
    return [
      "If no stack manages this key, the change stays. `pulumi-openrouter audit` shows",
      "which stack manages it. If one does:",
    ];
  }
  const stack = `Stack ${printable(owner.stack)}`;
  if (owner.is === "manager") return [`${stack} manages this key, as InferenceKey "${printable(owner.resource)}".`];
  const how =
    owner.is === "read only" ? "reads this key with `get`, but does not manage it" : "does not manage this key";
  return [`${stack} ${how}.`, "If no other stack does, the change stays. If one does:"];
}

function treatment({ result }: ProgramChange): string[] {
  return [
    `- A plain \`pulumi up\` leaves ${result}.`,
    "- After a refresh (`pulumi up --refresh`, `pulumi refresh`, or `refresh: always`",
    "  in Pulumi.yaml), `pulumi up` reverts it, unless the program says the same.",
  ];
}

function programLines({ lines, remove }: ProgramChange): string[] {
  const inputs = "the inputs of the InferenceKey";
  return [
    ...(lines.length > 0 ? [`To make it permanent, write this in ${inputs}:`] : []),
    ...lines.map((line) => `    ${line}`),
    ...(remove === undefined
      ? []
      : [
          lines.length > 0 ? `and remove \`${remove}\`.` : `To make it permanent, remove \`${remove}\` from ${inputs}.`,
        ]),
  ];
}
