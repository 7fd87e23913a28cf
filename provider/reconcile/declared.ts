/**
 * Live settings as the program writes them. Outputs keep the declared representation of every value that means the same as
 * the API's, so that the inputs that `read` derives from them equal the declared ones. With `ignoreChanges`, the engine
 * takes single inputs and list elements from them.
 */
import { isDeepStrictEqual } from "node:util";
import { sortedSet } from "./inputs";

/** @param meaning Inputs in canonical form: equal for equal meanings. */
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
 * A live set in the order of the declared list, so that an index path of `ignoreChanges` finds the same element.
 *
 * @param plain The canonical form of an element, which live ones have.
 * @param identity Equal for two elements that are the same one, even if their other settings differ.
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
  // Equal elements first: a changed one must not take the place of one that is still there.
  const places = declared.map((item) =>
    take((other) => isDeepStrictEqual(other, plain(item))).length > 0 ? [item] : undefined,
  );
  const both = places.flatMap(
    (equal, at) => equal ?? take((other) => identity(other) === identity(plain(declared[at] as Item))),
  );
  return [...both, ...left];
}
