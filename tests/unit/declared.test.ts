import { aligned, inDeclaredWords } from "../../provider/reconcile/declared";

interface Settings {
  size?: string;
  colour?: string;
  shape?: string;
}
/** Case means nothing here, and a colour that is not given is that of the shape. */
const meaning = ({ size, colour, shape }: Settings) => ({
  size: size?.toLowerCase(),
  colour: (colour ?? shape)?.toLowerCase(),
  shape: shape?.toLowerCase(),
});
const words = (live: Settings, declared: Settings) => inDeclaredWords(live, declared, meaning);

test.each<[string, Settings, Settings, Settings]>([
  ["means the same is in the program's words", { size: "big" }, { size: "BIG" }, { size: "BIG" }],
  ["differs is as the API shows it", { size: "small" }, { size: "BIG" }, { size: "small" }],
  ["is not declared is as the API shows it", { size: "big" }, {}, { size: "big" }],
  ["the API does not show stays away", {}, { size: "BIG" }, {}],
  [
    "differs does not change the words of another",
    { size: "small", shape: "x" },
    { size: "BIG", shape: "X" },
    { size: "small", shape: "X" },
  ],
])("what %s", (_title, live, declared, expected) => {
  expect(words(live, declared)).toEqual(expected);
});

test("neither of the two is changed", () => {
  const [live, declared] = [Object.freeze({ size: "big" }), Object.freeze({ size: "BIG" })];
  expect(words(live, declared)).not.toBe(live);
});

const same = (item: string) => item;
const lower = (item: string) => item.toLowerCase();

test.each<[string, string[], string[], string[]]>([
  [
    "that means the same is the declared list, with its order and duplicates",
    ["a", "b"],
    ["b", "a", "b"],
    ["b", "a", "b"],
  ],
  ["with one more has it at the end", ["a", "b", "c"], ["c", "a"], ["c", "a", "b"]],
  ["with one less keeps the others in order", ["a", "c"], ["c", "b", "a"], ["c", "a"]],
  ["with another one has it at the end", ["a", "x"], ["b", "a"], ["a", "x"]],
  ["with nothing in common is as the API shows it", ["x", "y"], ["a", "b"], ["x", "y"]],
  ["that is empty is empty", [], ["a"], []],
  ["with a duplicate and one more repeats nothing", ["a", "b"], ["a", "a"], ["a", "b"]],
])("a list %s", (_title, live, declared, expected) => {
  expect(aligned(live, declared, same, same)).toEqual(expected);
  expect(aligned(live, declared, same, same)).not.toBe(declared);
});

test("an element that both have keeps the program's spelling, also when the lists differ", () => {
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

test("an element whose settings drifted stays where the program has it, with the live settings", () => {
  const drifted = { slug: "phone", action: "block" };
  expect(alignedFilters([card, drifted, email], [email, phone, card])).toEqual([email, drifted, card]);
});

test("an element that is the same keeps its words beside one that drifted", () => {
  const noted = { ...email, note: "as declared" };
  const drifted = { slug: "phone", action: "block" };
  expect(alignedFilters([drifted, email], [phone, noted])).toEqual([drifted, noted]);
});

test("of two with one identity the one that is the same is taken", () => {
  const other = { slug: "email", action: "block" };
  expect(alignedFilters([other, email, card], [email, other])).toEqual([email, other, card]);
});

// An element that drifted takes the live one of its identity before its equal comes.
test("an element that both have stays in its place, also when one of the same identity before it drifted", () => {
  const [redact, block] = [
    { slug: "email", action: "redact" },
    { slug: "email", action: "block" },
  ];
  expect(alignedFilters([email, block], [redact, email])).toEqual([block, email]);
});
