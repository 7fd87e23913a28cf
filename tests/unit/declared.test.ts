import { aligned, inDeclaredWords } from "../../provider/reconcile/declared";

interface Settings {
  size?: string;
  color?: string;
  shape?: string;
}
/** Case is irrelevant here, and an unset color is that of the shape. */
const meaning = ({ size, color, shape }: Settings) => ({
  size: size?.toLowerCase(),
  color: (color ?? shape)?.toLowerCase(),
  shape: shape?.toLowerCase(),
});
const inWords = (live: Settings, declared: Settings) => inDeclaredWords(live, declared, meaning);

test.each<[string, Settings, Settings, Settings]>([
  ["the declared value when it means the same", { size: "big" }, { size: "BIG" }, { size: "BIG" }],
  ["the live value when it differs", { size: "small" }, { size: "BIG" }, { size: "small" }],
  ["the live value when it is not declared", { size: "big" }, {}, { size: "big" }],
  ["no value when the API shows none", {}, { size: "BIG" }, {}],
  [
    "the declared value next to one that differs",
    { size: "small", shape: "x" },
    { size: "BIG", shape: "X" },
    { size: "small", shape: "X" },
  ],
])("returns %s", (_title, live, declared, expected) => {
  expect(inWords(live, declared)).toEqual(expected);
});

test("changes neither the live nor the declared settings", () => {
  const [live, declared] = [Object.freeze({ size: "big" }), Object.freeze({ size: "BIG" })];
  expect(inWords(live, declared)).not.toBe(live);
});

const same = (item: string) => item;
const lower = (item: string) => item.toLowerCase();

test.each<[string, string[], string[], string[]]>([
  ["the declared order and duplicates when the sets are equal", ["a", "b"], ["b", "a", "b"], ["b", "a", "b"]],
  ["an added element at the end", ["a", "b", "c"], ["c", "a"], ["c", "a", "b"]],
  ["the declared order without a removed element", ["a", "c"], ["c", "b", "a"], ["c", "a"]],
  ["a replaced element at the end", ["a", "x"], ["b", "a"], ["a", "x"]],
  ["the live list when nothing matches", ["x", "y"], ["a", "b"], ["x", "y"]],
  ["an empty list when the live one is empty", [], ["a"], []],
  ["no duplicates when the sets differ", ["a", "b"], ["a", "a"], ["a", "b"]],
])("aligns a list to %s", (_title, live, declared, expected) => {
  expect(aligned(live, declared, same, same)).toEqual(expected);
  expect(aligned(live, declared, same, same)).not.toBe(declared);
});

test("keeps the declared case of common elements, even when the lists differ", () => {
  expect(aligned(["a", "b"], ["B", "A"], lower, same)).toEqual(["B", "A"]);
  expect(aligned(["a", "b", "c"], ["B", "A"], lower, same)).toEqual(["B", "A", "c"]);
});

interface Filter {
  slug: string;
  action: string;
  note?: string;
}
const plain = ({ slug, action }: Filter): Filter => ({ slug, action });
const slugOf = ({ slug }: Filter) => slug;
const alignedFilters = (live: Filter[], declared: Filter[]) => aligned(live, declared, plain, slugOf);
const [email, phone, card] = [
  { slug: "email", action: "flag" },
  { slug: "phone", action: "flag" },
  { slug: "card", action: "flag" },
] as const;

test("keeps the declared position of an element whose settings drifted", () => {
  const drifted = { slug: "phone", action: "block" };
  expect(alignedFilters([card, drifted, email], [email, phone, card])).toEqual([email, drifted, card]);
});

test("keeps the declared words of an unchanged element next to one that drifted", () => {
  const noted = { ...email, note: "as declared" };
  const drifted = { slug: "phone", action: "block" };
  expect(alignedFilters([drifted, email], [phone, noted])).toEqual([drifted, noted]);
});

test("matches equal elements first when two have the same identity", () => {
  const other = { slug: "email", action: "block" };
  expect(alignedFilters([other, email, card], [email, other])).toEqual([email, other, card]);
});

// A drifted element must not claim the live element that equals a later one of the same identity.
test("keeps the position of an unchanged element when one of the same identity before it drifted", () => {
  const [redact, block] = [
    { slug: "email", action: "redact" },
    { slug: "email", action: "block" },
  ];
  expect(alignedFilters([email, block], [redact, email])).toEqual([block, email]);
});
