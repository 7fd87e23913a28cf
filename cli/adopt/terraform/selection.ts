/** What a Terraform state lists, as it is in the account. Only reads. */
import { openAccount } from "../../shared/account";
import { readNamed } from "../../shared/files";
import { type Inventory, isWorkspaceDefault, readInventory } from "../../shared/inventory";
import { mapConcurrently } from "../../shared/mapConcurrently";
import { type Terminal, UsageError } from "../../shared/terminal";
import {
  type Adoptable,
  isAdoptable,
  type Present,
  type Providers,
  providersIn,
  readForAdoption,
  type Skipped,
} from "../adoptable";
import { inputsToDeclare, pick, type Selection } from "../selection";
import { type Listed, listedIn, ofOpenRouter } from "./objects";
import { objectsIn } from "./state";

/** @param file `-` is standard input. */
export async function selectFromTerraform(terminal: Terminal, file: string): Promise<Selection> {
  const { text, source } = await readNamed(terminal, file);
  const objects = ofOpenRouter(objectsIn(text, source));
  if (objects.length === 0) {
    throw new UsageError(`read ${source}: it has no resource of OpenRouter. Is it the state of another workspace?`);
  }
  const { listed, skipped } = listedIn(objects);
  terminal.protect(() => listed.flatMap(({ secret }) => secret ?? []));

  const idsOf = (kind: Listed["kind"]) => listed.filter((each) => each.kind === kind).map(({ id }) => id);
  const known = { keys: idsOf("InferenceKey"), guardrails: idsOf("Guardrail") };
  const inventory = await readInventory(openAccount(terminal), known);
  const providers = providersIn(terminal.env);
  const present = presenceIn(inventory);
  const read = await mapConcurrently(listed, (each) => readListed(providers, each, present(each)));
  const adopted = read.flat().filter(isAdoptable);
  const ofKinds = (...kinds: Listed["kind"][]) => adopted.filter(({ kind }) => kinds.includes(kind));
  return {
    guardrails: ofKinds("Guardrail"),
    keys: ofKinds("InferenceKey"),
    sets: [],
    pairs: ofKinds("GuardrailKeyAssignment", "GuardrailMemberAssignment"),
    skipped: [...skipped, ...read.flat().filter((each): each is Skipped => !isAdoptable(each))],
    partialAssignments: 0,
    unreadable: inventory.unreadable,
  };
}

type Found = Omit<Present, "id"> & { label?: string | null };

/** What the inventory has of an object; undefined if the account lacks it. The provider looks for assignments. */
function presenceIn(inventory: Inventory): (listed: Listed) => Found | undefined {
  const names = inputsToDeclare(inventory);
  const keys = new Map(inventory.keys.map((key) => [key.hash, key]));
  const guardrails = new Map(inventory.guardrails.map((guardrail) => [guardrail.id.toLowerCase(), guardrail]));
  return ({ kind, id }) => {
    if (kind === "InferenceKey") {
      const key = keys.get(id);
      return key && { declared: pick(key, names), label: key.label };
    }
    if (kind !== "Guardrail") return {};
    const guardrail = guardrails.get(id);
    return guardrail && { declared: pick(guardrail, names), isPermanent: isWorkspaceDefault(guardrail) };
  };
}

async function readListed(
  providers: Providers,
  { address, path, kind, id, secret }: Listed,
  found: Found | undefined,
): Promise<(Adoptable | Skipped)[]> {
  const [read] = found ? await readForAdoption(providers, kind, { id, ...found }) : [];
  if (!read) return [{ title: `${address} (${id})`, reason: "the account does not have it" }];
  if (!isAdoptable(read)) return [{ ...read, title: `${address} (${id})` }];
  const adoptable = { ...read, path };
  if (!secret) return [adoptable];
  if (isSecretOf(found?.label, secret.reveal())) return [{ ...adoptable, secret }];
  return [adoptable, { title: `the secret of ${address}`, reason: "it does not belong to the key of this id" }];
}

/** A key's label has the start and the end of its secret. The API may return the name instead. */
function isSecretOf(label: string | null | undefined, secret: string): boolean {
  const [, start = "", end = ""] = /^(sk-or-[\w-]+)\.\.\.([\w-]+)$/.exec(label ?? "") ?? [];
  return secret.startsWith(start) && secret.endsWith(end);
}
