import { format, inspect } from "node:util";
import { Secret } from "../../provider/secret";
import { redact } from "../../provider/text";
import { KEY } from "./support/samples";

const secret = new Secret(KEY);
const withSecret = Object.assign(new Error("oops"), { secret, deep: { list: [secret] } });

test("reveals its value", () => {
  expect(secret.reveal()).toBe(KEY);
});

test.each([
  ["a string", `${secret}`, "[secret]"],
  ["JSON", JSON.stringify({ secret }), '{"secret":"[secret]"}'],
  ["inspect", inspect({ secret }), "{ secret: [secret] }"],
])("shows a placeholder in %s", (_title, text, shown) => {
  expect(text).toBe(shown);
});

test.each([
  ["String", String(secret)],
  ["a template", `${secret}`],
  ["concatenation", `is ${String(secret)}`.concat(secret as unknown as string)],
  ["JSON", JSON.stringify({ secret, list: [secret] })],
  ["inspect", inspect(secret)],
  ["inspect of an object", inspect({ secret, map: new Map([["a", secret]]) }, { depth: 9, showHidden: true })],
  ["inspect without the hook", inspect(secret, { customInspect: false, showHidden: true })],
  ["inspect of an error", inspect(withSecret, { depth: 9 })],
  ["format", format("%s %o %O %j", secret, secret, secret, secret)],
  ["an error's message", new Error(`failed with ${secret}`).message],
  ["its properties", JSON.stringify([Object.keys(secret), Object.entries(secret), { ...secret }])],
])("does not show the value in %s", (_title, text) => {
  expect(text).not.toContain(KEY);
  expect(text).not.toContain(KEY.slice(-12));
});

test("does not show the value in console.log", () => {
  const written = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const plain = new console.Console(process.stdout);
  plain.log(secret, { secret }, withSecret);
  const text = written.mock.calls.join();
  written.mockRestore();
  expect(text).toContain("[secret]");
  expect(text).not.toContain(KEY);
});

test.each([
  [`the key ${KEY} is bad`, "the key [secret] is bad"],
  [`"${KEY}","${KEY}"`, '"[secret]","[secret]"'],
  ["sk-or-mgmt-abc_DEF-9.", "[secret]."],
  ["a management-key-of-no-known-format here", "a [secret] here"],
  ["management-key-of-no-known-formatmanagement-key-of-no-known-format", "[secret][secret]"],
  ["nothing to hide", "nothing to hide"],
])("redacts %s", (text, shown) => {
  expect(redact(text, new Secret("management-key-of-no-known-format"))).toBe(shown);
});

test("redacts only what looks like a key when the known key is empty", () => {
  expect(redact(`abc ${KEY}`, new Secret(""))).toBe("abc [secret]");
});
