import { inspect } from "node:util";
import { ApiError, PartialFailureError } from "../../provider/errors";
import { failureOf, KEY } from "./support/samples";
import { MANAGEMENT_KEY, type Methods, NEWS, outputs, provider, STATE } from "./support/thing";

/** What an API or a colleague with the dashboard may put into a text that ends up in the console of CI. */
const FOREIGN = [
  ["an escape sequence", "a\u001b[31mb\u001b]0;title\u0007"],
  ["a single-character C1 control", "a\u009b31mb"],
  ["a bidirectional override", "a\u202eb"],
  ["a line separator", "a\u2028b"],
  ["a bell and a backspace", "a\u0007\u0008b"],
  ["an inference key", `a ${KEY} b`],
  ["the management key in use, of whatever form", `a ${MANAGEMENT_KEY} b`],
  ["a key that an escape sequence cuts in two", `a ${KEY.slice(0, 20)}\u001b[0m${KEY.slice(20)} b`],
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
  test("in a message of the API is not in the error of any operation", async () => {
    const does: Methods = { create: fail(text), read: fail(text), update: fail(text), delete: fail(text) };
    const host = provider(does);
    const works = [host.create(NEWS), host.read("id", STATE), host.update("id", STATE, NEWS), host.delete("id", STATE)];
    for (const work of works) {
      const error = await failureOf(work);
      expect(error).toBeInstanceOf(ApiError);
      for (const said of [error.message, error.stack ?? "", String(error), `${error}: ${error.stack}`])
        expectClean(said);
    }
  });

  test("in a bug's message is in neither its message nor its stack", async () => {
    const error = await failureOf(provider({ create: () => Promise.reject(new TypeError(text)) }).create(NEWS));
    for (const said of [error.message, error.stack ?? "", String(error)]) expectClean(said);
  });

  test("thrown as it is, is an error without it", async () => {
    const error = await failureOf(provider({ create: () => Promise.reject(text) }).create(NEWS));
    expect(error).toBeInstanceOf(Error);
    for (const said of [error.message, error.stack ?? ""]) expectClean(said);
  });

  test("in the reason of a partial failure is in no part that is printed", async () => {
    const partial = () => Promise.reject(new PartialFailureError("id", outputs(), new Error(text)));
    const error = await failureOf(provider({ create: partial }).create(NEWS));
    expect(Object.keys(error)).not.toContain("properties");
    for (const said of [error.message, error.stack ?? "", String(error.reasons), inspect(error.reasons)]) {
      expectClean(said);
    }
  });

  test("in a name is not in an error, nor does a line break of it begin a line", async () => {
    const name = `${text}\n::error::owned`;
    const gone: Methods = { read: async () => undefined, diff: () => ({ changed: false, replaces: [] }) };
    const host = provider(gone);
    const { message, stack = "" } = await failureOf(host.read("id", { ...STATE, name, __origin: undefined }));
    for (const said of [message, stack]) {
      expectClean(said);
      expect(said).not.toMatch(/^::error::/m);
    }
  });

  test("in a failure of check is not in its reason", async () => {
    const { failures } = await provider({ check: () => ({ failures: [text] }) }).check({}, NEWS);
    expectClean(failures?.[0]?.reason ?? "");
  });
});

test("newline and tab stay: a text of several lines is one", async () => {
  const error = await failureOf(provider({ create: () => Promise.reject(new Error("a\n\tb")) }).create(NEWS));
  expect(error.message).toBe("a\n\tb");
});
