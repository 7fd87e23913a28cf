/** Where the client follows a redirect, and where the management key never goes. */

import { InvalidResponseError } from "../../provider/errors";
import { failureOf } from "./support/samples";
import { BASE_URL, creating, OK, operation, reading, respond, sent, transport } from "./support/scriptedTransport";

const redirect = (status: number, location?: string) => ({ status, text: "", ...(location ? { location } : {}) });

beforeEach(() => transport.mockReset());

test.each([
  ["a path", 307, "/api/v1/keys/"],
  ["a path, for good", 308, "/api/v1/keys/"],
  ["a whole URL of the same origin", 307, `${BASE_URL}/keys/`],
])("sends the same request once more when a redirect names %s", async (_title, status, location) => {
  respond(redirect(status, location), OK);
  expect(await operation().request(creating)).toEqual({ someName: "x" });
  const [first, second] = sent();
  expect(second).toEqual({ ...first, url: new URL(`${BASE_URL}/keys/`) });
});

test.each([
  ["another host", 307, "https://elsewhere.example/api/v1/keys/"],
  ["another protocol", 307, "http://openrouter.ai/api/v1/keys/"],
  ["another port", 308, "https://openrouter.ai:8443/api/v1/keys/"],
  ["a host without a protocol", 307, "//elsewhere.example/api/v1/keys/"],
  ["no URL at all", 307, "https://"],
  ["the same origin in a status that changes the method", 302, "/api/v1/keys/"],
  ["the same origin in a status that changes the method to GET", 303, "/api/v1/keys/"],
  ["nothing", 307, undefined],
])("is not followed when it names %s", async (_title, status, location) => {
  respond(redirect(status, location));
  const error = await failureOf(operation().request(reading));
  expect(error).toBeInstanceOf(InvalidResponseError);
  expect(error.message).toContain("a redirect, which is not followed with the key");
  expect(transport).toHaveBeenCalledTimes(1);
});

test("ends after one redirect when the next response redirects again", async () => {
  respond(redirect(307, "/api/v1/keys/"), redirect(307, "/api/v1/keys"));
  expect(await failureOf(operation().request(reading))).toBeInstanceOf(InvalidResponseError);
  expect(transport).toHaveBeenCalledTimes(2);
});

test("takes the result of a response that names a location and is no redirect", async () => {
  respond({ ...OK, status: 201, location: `${BASE_URL}/keys/1` });
  expect(await operation().request(creating)).toEqual({ someName: "x" });
  expect(transport).toHaveBeenCalledTimes(1);
});
