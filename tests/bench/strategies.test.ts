import { pairTargets, refreshStrategies, refreshTarget, setTargets } from "../../bench/strategies";

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
])("counts the calls of both pure strategies to refresh %j", (holdings, expected) => {
  expect(refreshStrategies(holdings)).toEqual(expected);
});

test("allows a refresh twice the calls of the cheaper strategy", () => {
  expect(refreshTarget({ managed: 5, inAccount: 5000 })).toBe(14);
  expect(refreshTarget({ managed: 300, inAccount: 300 })).toBe(14);
});

test("allows pairs a call for each key and pair, and five more", () => {
  expect(pairTargets(300)).toEqual({ create: 605, refresh: 14, destroy: 605 });
});

test("allows a set few calls besides those of its keys", () => {
  expect(setTargets(300)).toEqual({ create: 310, refresh: 10, destroy: 303 });
  expect(setTargets(3000).create).toBeLessThanOrEqual(3060);
});
