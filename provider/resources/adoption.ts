/** Taking an existing object under management instead of making a new one. */
import { Unsupported } from "../api/errors";
import { UNKNOWN } from "./inputs";
import { type Context, unlessGone } from "./lifecycle";

/** Reads the object to adopt. */
export async function adopt<Live>({ api, session }: Context, id: string, read: () => Promise<Live>): Promise<Live> {
  if (session.held.has(id)) {
    throw new Unsupported(
      api.operation,
      `a resource of this program has adopted ${id} already`,
      "keep one of them; to replace an adopted one, remove `adopt` first",
    );
  }
  const live = await unlessGone(read());
  if (live === undefined) {
    throw new Unsupported(
      api.operation,
      `there is nothing to adopt with the id ${id} in this account`,
      "check `adopt`, and that the management key is of the right account",
    );
  }
  return live;
}

/** Values of what can't be changed later; what is left out is none, or the server's choice. */
export type Immutable = Record<string, string | undefined>;

/**
 * Immutable inputs whose declared value is not the present one. What the server may choose counts only if the program
 * declares it.
 */
export function replacedBy(declared: Immutable, present: Immutable, chosenByServer: readonly string[]): string[] {
  return Object.keys(declared).filter((name) => {
    const leftToServer = declared[name] === undefined && chosenByServer.includes(name);
    return !leftToServer && declared[name] !== present[name];
  });
}

/** An adopted object keeps its id, so what can't be changed has to be as it is. */
export function refuseToReplaceAdopted(operation: string, names: string[], declared: Immutable, live: Immutable): void {
  if (names.length === 0) return;
  const both = names.map((name) => `${name} is ${live[name] ?? "none"}, declared is ${declared[name] ?? "none"}`);
  throw new Unsupported(
    operation,
    `what is to be adopted differs in what can't be changed: ${both.join("; ")}`,
    "declare the live value, or remove `adopt` to make a new one",
  );
}

/** A replacement makes a new object, and `adopt` says to keep this one. A value not known yet may be the present one. */
export function refuseToReplaceWhileAdopting(object: string, names: string[], news: object): void {
  const certain = names.filter((name) => !JSON.stringify(news[name as keyof typeof news] ?? "").includes(UNKNOWN));
  if (certain.length === 0) return;
  throw new Unsupported(
    `replace ${object}`,
    `a change of ${certain.join(", ")} needs a new one, and \`adopt\` says to keep this one`,
    "remove `adopt` first",
  );
}
