import { Secret } from "../../provider/secret";
import { clean, gate } from "../../provider/text";
import { KEY } from "./support/samples";

describe("clean", () => {
  test.each([
    ["a color", "red \u001b[31malert\u001b[0m", "red alert"],
    ["a title of the terminal", "\u001b]0;owned\u0007name", "name"],
    ["a link of the terminal", "\u001b]8;;http://x\u001b\\name\u001b]8;;\u001b\\", "name"],
    ["a C1 sequence", "\u009b2Jname", "name"],
    ["a command for CI after a line break", "ci\n::error::owned", "ci ::error::owned"],
    ["carriage return and line break", "a\r\n\tb", "a b"],
    ["line and paragraph separators", "a\u2028b\u2029c\u0085d", "a b c d"],
    ["a bidirectional override", "ab\u202ecd\u2066", "abcd"],
    ["a null and a C1 control", "a\u0000b\u0090c", "a\ufffdb\ufffdc"],
    ["nothing", "shop/prod/ci – 漢字", "shop/prod/ci – 漢字"],
  ])("removes %s", (_what, text, shown) => {
    expect(clean(text)).toBe(shown);
  });
});

describe("gate", () => {
  test("keeps newlines and tabs, and removes every other control character", () => {
    expect(gate("a\n\tb\u001b[2J\u0000\r\u2028\u202e")).toBe("a\n\tb\ufffd\ufffd\ufffd");
  });

  test("redacts known credentials, and a key with escape sequences in it", () => {
    const text = `${KEY.slice(0, 20)}\u001b[1m${KEY.slice(20, 30)}\u200b${KEY.slice(30)} and own-credential and other-credential`;
    expect(gate(text, new Secret("own-credential"), undefined, new Secret("other-credential"))).toBe(
      "[secret] and [secret] and [secret]",
    );
  });
});

test("redacts an unknown JWT with or without its signature", () => {
  expect(gate("a eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln b eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0 c")).toBe(
    "a [secret] b [secret] c",
  );
});
