/** What examples/team says to somebody who has made a mistake in team.yaml. */
import { parseTeam } from "../../examples/team/team";

const TIERS = `tiers:
  explorer: { budget: 5, reset: daily, models: [openai/gpt-4o-mini] }
people:
`;
const ADA = "name: ada, tier: explorer, limit: 20, reset: monthly, expires: 2031-12-31";

const parse = (...people: string[]) =>
  parseTeam(TIERS + people.map((person) => `  - { ${person} }\n`).join(""), "team.yaml");

test("a person is a line", () => {
  expect(parse(ADA).people).toEqual([
    { name: "ada", tier: "explorer", limit: 20, reset: "monthly", expires: "2031-12-31" },
  ]);
});

/** What stands in the fifth line in place of a part of Ada's, and what is said of it. */
test.each([
  ["an unknown tier", "explorer", "builder", 'tier: there is no "builder", only explorer'],
  ["a tier that every object has", "explorer", "toString", 'tier: there is no "toString", only explorer'],
  ["a negative limit", "20", "-1", "limit: must not be negative"],
  ["a limit that is no number", "20", "$20", "limit: must be an amount in USD"],
  ["no limit", "limit: 20, ", "", "limit: must be an amount in USD"],
  ["a wrong reset", "monthly", "yearly", "reset: must be daily, weekly or monthly"],
  ["an unknown field", "limit", "limt: 5, limit", 'people: Unrecognized key: "limt"'],
  ["a day that there is not", "2031-12-31", "2031-02-30", "expires: must be a day, such as 2031-12-31"],
  ["a day that is none", "2031-12-31", "next year", "expires: must be a day, such as 2031-12-31"],
  ["no models", "reset", "models: [], reset", "models: must name a model"],
  ["a name that is none", "ada", "Ada L", "name: must be small letters, digits and hyphens, a letter first"],
  ["a person who is there already", "ada", "grace", 'name: "grace" is there already'],
])("%s is told with its line", (_, part, instead, message) => {
  const grace = ADA.replace("ada", "grace");
  expect(() => parse(grace, ADA.replace(part, instead))).toThrow(new Error(`team.yaml:5: ${message}`));
});

test("all problems are told at once", () => {
  const wrong = [ADA.replace("20", "-1"), ADA.replace("ada", "grace").replace("explorer", "builder")];
  expect(() => parse(...wrong)).toThrow(/^team\.yaml:4: limit: .*\nteam\.yaml:5: tier: .*$/);
});

test("what a person of several lines lacks is told with the first of them, what is wrong with its own", () => {
  const lines = ["  - name: ada", "    tier: explorer", "    limit: 20", "    reset: never", "    role: none"];
  expect(() => parseTeam(TIERS + lines.join("\n"), "team.yaml")).toThrow(
    /^team\.yaml:7: reset: .*\nteam\.yaml:4: expires: .*\nteam\.yaml:8: people: Unrecognized key: "role"$/,
  );
});

test("what is no YAML is told with its line", () => {
  expect(() => parse(`${ADA}, name: grace`)).toThrow("team.yaml:4: Map keys must be unique");
});

test("an empty file is told what it lacks", () => {
  expect(() => parseTeam("", "team.yaml")).toThrow("team.yaml:1: Invalid input: expected object, received null");
});
