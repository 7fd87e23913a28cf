import { inspect } from "node:util";
import { ApiError, PartialFailureError } from "../../provider/errors";
import { failureOf, KEY } from "./support/samples";
import { MANAGEMENT_KEY, type Methods, NEWS, outputs, provider, STATE } from "./support/thing";

/** Strings that the API or another user may cause to be printed on the console of CI. */
const FOREIGN = [
  ["an escape sequence", "a\u001b[31mb\u001b]0;title\u0007"],
  ["a C1 control character", "a\u009b31mb"],
  ["a bidirectional override", "a\u202eb"],
  ["a line separator", "a\u2028b"],
  ["a bell and a backspace", "a\u0007\u0008b"],
  ["an inference key", `a ${KEY} b`],
  ["the management key in use, whatever its format", `a ${MANAGEMENT_KEY} b`],
  ["a key with an escape sequence inside", `a ${KEY.slice(0, 20)}\u001b[0m${KEY.slice(20)} b`],
] as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

function expectClean(text: string): void {
  expect(text).not.toMatch(FORBIDDEN);
  expect(text).not.toContain(KEY);
  expect(text).not.toContain(KEY.slice(20));
  expect(text).not.toContain(MANAGEMENT_KEY);
}

const fail = (text: string) => () => Promise.reject(new ApiError("op", 400, text));

describe.each(FOREIGN)("%s", (_title, text) => {
  test("is removed from an API message in the error of any operation", async () => {
    const methods: Methods = { create: fail(text), read: fail(text), update: fail(text), delete: fail(text) };
    const host = provider(methods);
    const operations = [
      host.create(NEWS),
      host.read("id", STATE),
      host.update("id", STATE, NEWS),
      host.delete("id", STATE),
    ];
    for (const operation of operations) {
      const error = await failureOf(operation);
      expect(error).toBeInstanceOf(ApiError);
      for (const output of [error.message, error.stack ?? "", String(error), `${error}: ${error.stack}`])
        expectClean(output);
    }
  });

  test("is removed from message and stack of an unexpected error", async () => {
    const error = await failureOf(provider({ create: () => Promise.reject(new TypeError(text)) }).create(NEWS));
    for (const output of [error.message, error.stack ?? "", String(error)]) expectClean(output);
  });

  test("is removed when it is thrown as a string, which becomes an Error", async () => {
    const error = await failureOf(provider({ create: () => Promise.reject(text) }).create(NEWS));
    expect(error).toBeInstanceOf(Error);
    for (const output of [error.message, error.stack ?? ""]) expectClean(output);
  });

  test("is removed from every printed part of a partial failure", async () => {
    const partial = () => Promise.reject(new PartialFailureError("id", outputs(), new Error(text)));
    const error = await failureOf(provider({ create: partial }).create(NEWS));
    expect(Object.keys(error)).not.toContain("properties");
    for (const output of [error.message, error.stack ?? "", String(error.reasons), inspect(error.reasons)]) {
      expectClean(output);
    }
  });

  test("is removed from a name in an error, where a line break never begins a line", async () => {
    const name = `${text}\n::error::owned`;
    const gone: Methods = { read: async () => undefined, diff: () => ({ changed: false, replaces: [] }) };
    const host = provider(gone);
    const { message, stack = "" } = await failureOf(host.read("id", { ...STATE, name, __origin: undefined }));
    for (const output of [message, stack]) {
      expectClean(output);
      expect(output).not.toMatch(/^::error::/m);
    }
  });

  test("is removed from a failure of check", async () => {
    const { failures } = await provider({ check: () => ({ failures: [text] }) }).check({}, NEWS);
    expectClean(failures?.[0]?.reason ?? "");
  });
});

test("keeps newlines and tabs in a message of several lines", async () => {
  const error = await failureOf(provider({ create: () => Promise.reject(new Error("a\n\tb")) }).create(NEWS));
  expect(error.message).toBe("a\n\tb");
});
