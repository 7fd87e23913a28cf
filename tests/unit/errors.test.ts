import { inspect } from "node:util";
import * as errors from "../../provider/errors";
import { PartialFailureError } from "../../provider/errors";
import { Secret } from "../../provider/secret";
import { KEY } from "./support/samples";

const { OpenRouterError } = errors;

const EACH: [title: string, error: Error, message: RegExp, outcome: string | undefined][] = [
  ["ApiError", new errors.ApiError("op", 400, "bad"), /^op: the API rejected the request \(400: bad\)$/, "refused"],
  [
    "NotFoundError",
    new errors.NotFoundError("op", 404, "gone"),
    /^op: the API rejected the request \(404: gone\)$/,
    "refused",
  ],
  [
    "AuthenticationError",
    new errors.AuthenticationError("op", 401, "no", "make one"),
    /rejected the management key \(401: no\)\. Make one\.$/,
    "refused",
  ],
  [
    "PermissionError",
    new errors.PermissionError("op", 403, "no", "use another"),
    /\(403: no\)\. Use another\.$/,
    "refused",
  ],
  ["RateLimitError", new errors.RateLimitError("op", 429, "slow", "7"), /429: slow.*--parallel\.$/, "refused"],
  ["ServerError", new errors.ServerError("op", 503, "oops"), /API failed \(503: oops\)\. Run/, "unknown"],
  ["ConnectionError", new errors.ConnectionError("op", "unsent", "ECONNREFUSED", undefined), /can't reach/, "unsent"],
  ["ConnectionError", new errors.ConnectionError("op", "unknown", "ECONNRESET", undefined), /was lost/, "unknown"],
  [
    "TokenExchangeError",
    new errors.TokenExchangeError("op", new Error("the exchange failed")),
    /^op: the exchange failed$/,
    "unsent",
  ],
  ["DeadlineError", new errors.DeadlineError("op"), /the time limit passed before/, "unsent"],
  ["TimeoutError", new errors.TimeoutError("op", 20), /no response from the API within 20 s/, "unknown"],
  [
    "InvalidResponseError",
    new errors.InvalidResponseError("op", 200, "not JSON", "<html>"),
    /unexpected response \(200, not JSON, starts with: <html>\)/,
    "unknown",
  ],
  [
    "AmbiguousCreateError",
    new errors.AmbiguousCreateError("op", ["a, created b", "c, created d"], undefined),
    /^op: the response was lost.*may have produced: a, created b; c, created d\. Run `npx pulumi-openrouter audit/,
    undefined,
  ],
  [
    "AmbiguousCreateError",
    new errors.AmbiguousCreateError("op", [], new Error("oops")),
    /^op: the response was lost, and listing the account to check failed \(oops\)\. Run `npx pulumi-openrouter audit/,
    undefined,
  ],
  ["PaginationError", new errors.PaginationError("op", "1000 pages"), /does not end \(1000 pages\)/, undefined],
  [
    "MissingCredentialError",
    new errors.MissingCredentialError("any", ["A", "B"]),
    /no management key in A, B or the stack configuration openrouter:managementKey\. Set A, or run/,
    undefined,
  ],
  [
    "InvalidSettingError",
    new errors.InvalidSettingError("bad", "mend it"),
    /^OpenRouter settings: bad\. Mend it\.$/,
    undefined,
  ],
  [
    "AccountMismatchError",
    new errors.AccountMismatchError("op", "other", "use yours"),
    /^op: other\. Use yours\.$/,
    undefined,
  ],
  ["PreconditionError", new errors.PreconditionError("op", "can't", "don't"), /^op: can't\. Don't\.$/, undefined],
  ["NotAppliedError", new errors.NotAppliedError("op", "differs", "again"), /^op: differs\. Again\.$/, undefined],
  [
    "PartialFailureError",
    new PartialFailureError("id", { key: new Secret(KEY) }, new Error("oops")),
    /^oops$/,
    undefined,
  ],
];

test("tests every class of error", () => {
  const classes = Object.values(errors).filter((value) => typeof value === "function") as {
    name: string;
    prototype: unknown;
  }[];
  const concrete = classes.filter((each) => each.prototype instanceof OpenRouterError && each.name !== "RequestError");
  expect(new Set(EACH.map(([name]) => name))).toEqual(
    new Set([...concrete.map(({ name }) => name), "PartialFailureError"]),
  );
});

test.each(EACH)("shows the cause and the next step in %s", (name, error, message, outcome) => {
  expect(error).toBeInstanceOf(OpenRouterError);
  expect(error.name).toBe(name);
  expect(error.message).toMatch(message);
  expect((error as { outcome?: string }).outcome).toBe(outcome);
});

test.each(EACH)("has a one-line stack and no code, which gRPC would use as a status, in %s", (_name, error) => {
  // Pulumi prints `${error}: ${error.stack}`.
  expect(`${error}: ${error.stack}`).toBe(`${error.name}: ${error.message}`);
  expect(error.stack).not.toContain("\n");
  expect("code" in error).toBe(false);
});

test("prints no key with a partial failure", () => {
  const error = new PartialFailureError("id", { key: new Secret(KEY) }, new Error("oops"));
  for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error), String(error)]) {
    expect(text).not.toContain(KEY);
  }
});

test.each(EACH.filter(([name]) => name === "AmbiguousCreateError"))(
  "shows no command that removes a key in %s",
  (_name, error) => {
    expect(error.message).not.toMatch(/remove key|remove guardrail|pulumi-openrouter remove/);
  },
);
