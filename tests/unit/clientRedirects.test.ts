/** Which redirects the client follows, with the management key. */

import { InvalidResponseError } from "../../provider/errors";
import { failureOf } from "./support/samples";
import { BASE_URL, creating, OK, operation, reading, respond, sent, transport } from "./support/scriptedTransport";

const redirect = (status: number, location?: string) => ({ status, text: "", ...(location ? { location } : {}) });

beforeEach(() => transport.mockReset());

test.each([
  ["a path", 307, "/api/v1/keys/"],
  ["a path permanently", 308, "/api/v1/keys/"],
  ["a whole URL of the same origin", 307, `${BASE_URL}/keys/`],
])("sends the same request once more when a redirect names %s", async (_title, status, location) => {
  respond(redirect(status, location), OK);
  expect(await operation().request(creating)).toEqual({ someName: "x" });
  const [first, second] = sent();
  expect(second).toEqual({ ...first, url: new URL(`${BASE_URL}/keys/`) });
});

test.each([
  ["a different host", 307, "https://elsewhere.example/api/v1/keys/"],
  ["a different protocol", 307, "http://openrouter.ai/api/v1/keys/"],
  ["a different port", 308, "https://openrouter.ai:8443/api/v1/keys/"],
  ["a host without a protocol", 307, "//elsewhere.example/api/v1/keys/"],
  ["an invalid URL", 307, "https://"],
  ["the same origin in a status that changes the method", 302, "/api/v1/keys/"],
  ["the same origin in a status that changes the method to GET", 303, "/api/v1/keys/"],
  ["no location", 307, undefined],
])("does not follow a redirect to %s", async (_title, status, location) => {
  respond(redirect(status, location));
  const error = await failureOf(operation().request(reading));
  expect(error).toBeInstanceOf(InvalidResponseError);
  expect(error.message).toContain("a redirect, which is not followed with the key");
  expect(transport).toHaveBeenCalledTimes(1);
});

test("follows only one redirect", async () => {
  respond(redirect(307, "/api/v1/keys/"), redirect(307, "/api/v1/keys"));
  expect(await failureOf(operation().request(reading))).toBeInstanceOf(InvalidResponseError);
  expect(transport).toHaveBeenCalledTimes(2);
});

test("returns the result when a response has a location but is not a redirect", async () => {
  respond({ ...OK, status: 201, location: `${BASE_URL}/keys/1` });
  expect(await operation().request(creating)).toEqual({ someName: "x" });
  expect(transport).toHaveBeenCalledTimes(1);
});
