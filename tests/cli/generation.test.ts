/** `generation` on a simulated account. */
import { generationCommand } from "../../cli/generation/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const asManager = (...args: string[]) => run(generationCommand, args, { env: credentials(simulator()) });
const asKey = (secret: string, ...args: string[]) => {
  const env = { OPENROUTER_BASE_URL: simulator().url, OPENROUTER_API_KEY: secret };
  return run(generationCommand, ["--inference-key", ...args], { env });
};

/** Sends a request with a new key. */
async function sendRequest(fields: object = {}) {
  const { secret } = simulator().dashboard.createKey({ name: "app" });
  const messages = [{ role: "user", content: "Which of our products suits a beginner, and why?" }];
  const response = await fetch(`${simulator().url}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "http-referer": "https://shop.example" },
    body: JSON.stringify({ model: "openai/gpt-4.1", messages, user: "ada", ...fields }),
  });
  const { id } = (await response.json()) as { id: string };
  return { secret, id };
}

/** Changes the fields of the next response. */
function respondWith(fields: object): void {
  simulator().faults.add({
    path: "/generation",
    effect: "shape",
    body: ({ data }: { data: object }) => ({ data: { ...data, ...fields } }),
  });
}

test("shows the cost, tokens, latency, finish reason, provider and attribution of a request", async () => {
  const { id } = await sendRequest({ max_tokens: 20 });
  const { out, code } = await asManager(id);
  expect(code).toBe(0);
  const { workspace_id: workspaceId } = simulator().account.keys[0] ?? {};
  expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["request", id],
    ["sent", expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)],
    ["model", "openai/gpt-4.1-2025-04-14"],
    ["provider", "OpenAI"],
    ["cost", "$0.000184"],
    ["tokens", "12 in, 20 out"],
    ["latency", "700 ms, 400 ms of it for the reply"],
    ["finished", "length"],
    ["user", "ada"],
    ["application", "https://shop.example"],
    ["workspace", workspaceId],
    [""],
  ]);
});

test("shows the same to the inference key that sent the request, in one call each", async () => {
  const { id, secret } = await sendRequest();
  const asManaged = await asManager(id, "--json");
  simulator().clearRequests();
  expect(await asKey(secret, id, "--json")).toEqual(asManaged);
  expect(simulator().requests.map(({ path, authorization }) => [path, authorization])).toEqual([
    ["/generation", "inference"],
  ]);
  expect(JSON.parse(asManaged.out)).toMatchObject({
    command: "generation",
    data: { id, costUsd: 0.00028, nativeTokens: { prompt: 12, completion: 32 }, latencyMs: 940, user: "ada" },
  });
});

test("shows BYOK, caching, reasoning, the provider's own finish reason, and what is unknown", async () => {
  const { id } = await sendRequest();
  respondWith({
    ...{ is_byok: true, total_cost: 0, upstream_inference_cost: 0.0123, cache_discount: 0.001 },
    ...{ native_tokens_cached: 1000, native_tokens_reasoning: 7, native_finish_reason: "end_turn" },
    ...{ provider_name: null, latency: null, external_user: null, http_referer: "" },
  });
  const { out } = await asManager(id);
  expect(out).toContain("paid with your own provider key (the provider charged $0.0123), $0.001 saved by caching\n");
  expect(out).toContain("12 in (1,000 cached), 32 out (7 reasoning)\n");
  expect(out).toMatch(/^finished +stop \(provider: end_turn\)$/m);
  expect(out).toMatch(/^provider +unknown$/m);
  expect(out).toMatch(/^latency +unknown$/m);
  expect(out).not.toMatch(/^user|^application/m);
  respondWith({ cancelled: true });
  expect((await asManager(id)).out).toMatch(/^finished +cancelled$/m);
});

test("falls back to the tokens that are counted alike for all models when the provider's are unknown", async () => {
  const { id } = await sendRequest();
  respondWith({ native_tokens_prompt: null, native_tokens_completion: null, tokens_prompt: 11 });
  expect((await asManager(id)).out).toMatch(/^tokens +11 in, 32 out$/m);
});

test("prints no control character of a response", async () => {
  const { id } = await sendRequest({ user: "ada\u001b[31m\nrole: admin" });
  const { out } = await asManager(id);
  expect(out).not.toContain("\u001b");
  expect(out).not.toMatch(/^role/m);
});

describe("exits with 2 and says what to do", () => {
  test("when no request has the id, or it is not visible yet", async () => {
    const { err, code } = await asManager("gen-1-unknown");
    expect(code).toBe(2);
    expect(err).toMatch(
      /^read request gen-1-unknown: .*\(404: .*\)\. A request can take some seconds to appear, .* retry\.\n$/,
    );
  });

  test("when an inference key did not send the request", async () => {
    const { id } = await sendRequest();
    const { secret } = await sendRequest();
    expect(await asKey(secret, id)).toMatchObject({ code: 2, err: expect.stringContaining("the key that sent it") });
  });

  test("when the server accepts no management key", async () => {
    const { id } = await sendRequest();
    simulator().faults.add({ path: "/generation", effect: "status", status: 403 });
    expect(await asManager(id)).toMatchObject({ code: 2, err: expect.stringContaining("--inference-key") });
  });

  test("when the id is not one, which is not printed", async () => {
    const { err, code } = await asManager("sk-or-v1-0123 456");
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^that is not the id of a request, such as gen-/),
    });
    expect(simulator().requests).toEqual([]);
  });
});
