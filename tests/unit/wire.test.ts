import { fromWire, toWire } from "../../provider/api/wire";

const NAMES = [
  "name",
  "limitUsd",
  "includeByokInLimit",
  "enforceZdrXai",
  "contentFilterBuiltins",
  "scanScope",
  "memberUserIds",
  "enableFreeModelPublication",
];

test.each([
  ["limitReset", "limit_reset"],
  ["includeByokInBudgets", "include_byok_in_budgets"],
  ["enforceZdrOpenai", "enforce_zdr_openai"],
  ["name", "name"],
])("%s is %s on the wire", (name, wire) => {
  expect(toWire({ [name]: 1 })).toEqual({ [wire]: 1 });
  expect(fromWire({ [wire]: 1 })).toEqual({ [name]: 1 });
});

test.each(NAMES)("%s comes back as it went", (name) => {
  const value = { [name]: [{ [name]: { [name]: null } }] };
  expect(fromWire(toWire(value))).toEqual(value);
});

test("values are never changed: texts, nulls, numbers, booleans, empty lists", () => {
  const values = ["someText", "some_text", null, 0, false, []];
  expect(toWire({ someName: values })).toEqual({ some_name: values });
  expect(fromWire({ some_name: values })).toEqual({ someName: values });
});

test.each([null, "a_b", 5, []])("%j alone is itself", (value) => {
  expect(toWire(value)).toEqual(value);
  expect(fromWire(value)).toEqual(value);
});

test("the names in the config of a preset stay as they are", () => {
  const config = { max_tokens: 1, json_schema: { firstName: {} } };
  expect(fromWire({ designated_version: { config } })).toEqual({ designatedVersion: { config } });
});
