/**
 * Live settings in the words of the program. Outputs are in these words wherever they mean the same as what the API
 * shows, so that the inputs that `read` derives from them are again what the program declared: `ignoreChanges` takes
 * single inputs and elements of lists from there.
 */
import { isDeepStrictEqual } from "node:util";
import { sortedSet } from "./inputs";

/** @param meaning What inputs mean, in a form that is equal for equal meanings. */
export function inDeclaredWords<Inputs extends object>(
  live: Inputs,
  declared: Partial<Inputs>,
  meaning: (inputs: Inputs) => object,
): Inputs {
  const [shown, wanted] = [meaning(live), meaning({ ...live, ...declared })] as Record<string, unknown>[];
  const words = { ...live };
  for (const name of Object.keys(live) as (keyof Inputs & string)[]) {
    const isSame = name in declared && isDeepStrictEqual(shown?.[name], wanted?.[name]);
    if (isSame) words[name] = declared[name] as Inputs[typeof name];
  }
  return words;
}

/**
 * A live set in the order of the declared list: an element that both have stays where the program has it, so that an
 * index path of `ignoreChanges` finds it.
 *
 * @param plain An element in the form in which the live set has it.
 * @param identity What makes two elements the same one, though their other settings differ.
 */
export function aligned<Item>(
  live: readonly Item[],
  declared: readonly Item[],
  plain: (item: Item) => Item,
  identity: (item: Item) => string,
): Item[] {
  if (isDeepStrictEqual(sortedSet(declared.map(plain)), sortedSet(live))) return [...declared];
  const left = [...live];
  const take = (isIt: (item: Item) => boolean) => {
    const at = left.findIndex(isIt);
    return at < 0 ? [] : left.splice(at, 1);
  };
  // Equal ones first, or else a changed element would take the place of another one's equal.
  const places = declared.map((item) =>
    take((other) => isDeepStrictEqual(other, plain(item))).length > 0 ? [item] : undefined,
  );
  const both = places.flatMap(
    (equal, at) => equal ?? take((other) => identity(other) === identity(plain(declared[at] as Item))),
  );
  return [...both, ...left];
}
