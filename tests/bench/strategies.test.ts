import { refreshStrategies, refreshTarget, writeTarget } from "../../bench/strategies";

test.each([
  [
    { managed: 5, inAccount: 5000 },
    { oneEach: 5 + 1 + 1, pages: 50 + 1 + 1 },
  ],
  [
    { managed: 300, inAccount: 300 },
    { oneEach: 300 + 3 + 1, pages: 3 + 3 + 1 },
  ],
  [
    { managed: 101, inAccount: 101 },
    { oneEach: 101 + 2 + 1, pages: 2 + 2 + 1 },
  ],
])("calls of the two pure strategies to refresh %j", (holdings, expected) => {
  expect(refreshStrategies(holdings)).toEqual(expected);
});

test("a refresh may take twice what the cheaper strategy takes", () => {
  expect(refreshTarget({ managed: 5, inAccount: 5000 })).toBe(14);
  expect(refreshTarget({ managed: 300, inAccount: 300 })).toBe(14);
});

test("a create may take a call for each key, one for each turn of the engine, and five", () => {
  expect(writeTarget(300)).toBe(300 + 38 + 5);
});
