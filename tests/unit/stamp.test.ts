import { formatStamp, parseStamp, STATE_VERSION } from "../../provider/host/stamp";
import { PUBLIC_BASE_URL } from "../../provider/settings";
import { WORKSPACE } from "./support/samples";

const usual = { workspace: WORKSPACE, server: PUBLIC_BASE_URL };
const LOCAL = "http://127.0.0.1:4010/api/v1";

test.each([
  ["the usual account", usual, false, { version: 1, account: WORKSPACE }],
  [
    "an organization",
    { ...usual, organization: "org_1" },
    false,
    { version: 1, account: WORKSPACE, organization: "org_1" },
  ],
  ["another base URL", { ...usual, server: LOCAL }, false, { version: 1, account: WORKSPACE, server: LOCAL }],
  ["an unfinished write", usual, true, { version: 1, account: WORKSPACE, unfinished: true }],
  ["an account without workspaces", { ...usual, workspace: "" }, false, { version: 1, account: "" }],
])("formats and parses %s", (_title, account, unfinished, written) => {
  expect(formatStamp(account, unfinished)).toStrictEqual(written);
  expect(parseStamp(written)).toStrictEqual({ version: STATE_VERSION, account, unfinished });
});

test.each([
  undefined,
  null,
  "1@abcdefgh",
  1,
  true,
  {},
  { account: WORKSPACE },
  { version: "1", account: WORKSPACE },
  [],
])("rejects %j as a stamp", (value) => {
  expect(parseStamp(value)).toBeUndefined();
});

test.each([
  ["an account in an unknown format", { version: 2, account: { id: WORKSPACE } }],
  ["no account", { version: 2 }],
  ["a base URL in an unknown format", { version: 2, account: WORKSPACE, server: 5 }],
])("returns the version but no account for a newer release with %s", (_title, value) => {
  expect(parseStamp(value)).toStrictEqual({ version: 2, account: undefined, unfinished: false });
});

test.each([
  ["organization", { organization: 5 }],
  ["unfinished", { unfinished: "yes" }],
])("ignores %s in an unknown format", (_title, more) => {
  const stamp = { version: 1, account: usual, unfinished: false };
  expect(parseStamp({ version: 1, account: WORKSPACE, ...more })).toStrictEqual(stamp);
});
