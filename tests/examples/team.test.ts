/** The errors of examples/team for mistakes in team.yaml. */
import { parseTeam } from "../../examples/team/team";

const TIERS = `tiers:
  explorer: { budget: 5, reset: daily, models: [openai/gpt-4o-mini] }
people:
`;
const ADA = "name: ada, tier: explorer, limit: 20, reset: monthly, expires: 2031-12-31";

const parse = (...people: string[]) =>
  parseTeam(TIERS + people.map((person) => `  - { ${person} }\n`).join(""), "team.yaml");

test("parses a person from a line", () => {
  expect(parse(ADA).people).toEqual([
    { name: "ada", tier: "explorer", limit: 20, reset: "monthly", expires: "2031-12-31" },
  ]);
});

test("accepts a tier that allows all models, and a rotation of all keys", () => {
  const team = parseTeam(`rotation: 2026-11\ntiers:\n  all: { budget: 5, reset: daily }\npeople: []\n`, "team.yaml");
  expect(team).toEqual({ rotation: "2026-11", tiers: { all: { budget: 5, reset: "daily" } }, people: [] });
});

/** A mistake, the part of the line that it replaces, the replacement, and the message. */
test.each([
  ["an unknown tier", "explorer", "builder", 'tier: no tier "builder"; the tiers are explorer'],
  ["a tier that every object has", "explorer", "toString", 'tier: no tier "toString"; the tiers are explorer'],
  ["a negative limit", "20", "-1", "limit: must not be negative"],
  ["a limit that is not a number", "20", "$20", "limit: must be an amount in USD"],
  ["a missing limit", "limit: 20, ", "", "limit: must be an amount in USD"],
  ["a wrong reset", "monthly", "yearly", "reset: must be daily, weekly or monthly"],
  ["an unknown field", "limit", "limt: 5, limit", 'people: Unrecognized key: "limt"'],
  ["a day that doesn't exist", "2031-12-31", "2031-02-30", "expires: must be a day, such as 2031-12-31"],
  ["an expiry that is not a day", "2031-12-31", "next year", "expires: must be a day, such as 2031-12-31"],
  ["an empty list of models", "reset", "models: [], reset", "models: must have at least one model"],
  [
    "an invalid name",
    "ada",
    "Ada L",
    "name: must have only lowercase letters, digits and hyphens, and start with a letter",
  ],
  ["a duplicate person", "ada", "grace", 'name: "grace" is a duplicate'],
])("reports %s with its line", (_, part, instead, message) => {
  const grace = ADA.replace("ada", "grace");
  expect(() => parse(grace, ADA.replace(part, instead))).toThrow(new Error(`team.yaml:5: ${message}`));
});

test("reports all problems at once", () => {
  const wrong = [ADA.replace("20", "-1"), ADA.replace("ada", "grace").replace("explorer", "builder")];
  expect(() => parse(...wrong)).toThrow(/^team\.yaml:4: limit: .*\nteam\.yaml:5: tier: .*$/);
});

test("reports a missing field with the first line of a person, and a wrong one with its own line", () => {
  const lines = ["  - name: ada", "    tier: explorer", "    limit: 20", "    reset: never", "    role: none"];
  expect(() => parseTeam(TIERS + lines.join("\n"), "team.yaml")).toThrow(
    /^team\.yaml:7: reset: .*\nteam\.yaml:4: expires: .*\nteam\.yaml:8: people: Unrecognized key: "role"$/,
  );
});

test("reports invalid YAML with its line", () => {
  expect(() => parse(`${ADA}, name: grace`)).toThrow("team.yaml:4: Map keys must be unique");
});

test("reports an empty file", () => {
  expect(() => parseTeam("", "team.yaml")).toThrow("team.yaml:1: Invalid input: expected object, received null");
});
