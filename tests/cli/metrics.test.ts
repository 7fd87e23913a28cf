/** `metrics`: the text format, what it reads, and the server. */
import { spawnSync } from "node:child_process";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { atMostEvery } from "../../cli/metrics/atMostEvery";
import { listen, metricsCommand } from "../../cli/metrics/command";
import { exposition } from "../../cli/metrics/exposition";
import { HELP } from "../../cli/metrics/families";
import type { MetricsServer } from "../../cli/metrics/server";
import { credentials, daysAgo, eachTestOnASimulator } from "./support/account";
import { placeFor, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const metrics = (...args: string[]) => run(metricsCommand, args, { env: credentials(simulator()) });
const createKey = (name: string, settings: object = {}) => simulator().dashboard.createKey({ name, ...settings }).key;

/** Of one metric, without its HELP and TYPE. */
const samplesOf = (out: string, name: string) =>
  out.split("\n").filter((line) => new RegExp(`^${name}[ {]`).test(line));

/** Lines that are not comments. */
const allSamples = (out: string) => out.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

/** Every kind of key and guardrail, and names that need care. */
function fillAccount() {
  const { dashboard } = simulator();
  const other = dashboard.addWorkspace({ name: 'Other "\\"', slug: "other" });
  const ci = createKey("ci", { limit: 10, limit_reset: "monthly", expires_at: new Date("2099-01-01") });
  const free = createKey("free", { disabled: true });
  const twins = [createKey("twin", { limit: 1 }), createKey("twin", { limit: 0, workspace_id: other.id })];
  const odd = createKey(`"\\\n\u001b[31m}\u202e sk-or-v1-${"7".repeat(64)}`, { limit: 1 });
  dashboard.useKey(ci.hash, 2.5);
  dashboard.useKey(free.hash, 0.1);
  dashboard.useKey(free.hash, 0.2);
  dashboard.createGuardrail({ name: "strict", limit_usd: 20, reset_interval: "daily" });
  dashboard.createGuardrail({ name: "open" });
  return { other, ci, free, twins, odd };
}

describe("the text", () => {
  test("has limit, use, rest, expiry and state of each key, the balance, and budgets of guardrails", async () => {
    const { other, ci, free, twins } = fillAccount();
    const { out, err, code } = await metrics();
    expect({ err, code }).toEqual({ err: "", code: 0 });
    const ofCi = (more = "") => `{hash="${ci.hash}",name="ci",workspace="Default"${more}}`;
    expect(allSamples(out).slice(0, 3)).toEqual([
      "openrouter_up 1",
      "openrouter_unreadable_lists 0",
      "openrouter_balance_usd 97.2",
    ]);
    for (const sample of [
      `openrouter_key_limit_usd${ofCi(',reset="monthly"')} 10`,
      `openrouter_key_used_usd${ofCi()} 2.5`,
      `openrouter_key_remaining_usd${ofCi()} 7.5`,
      `openrouter_key_expiry_timestamp_seconds${ofCi()} ${Date.parse("2099-01-01") / 1000}`,
      `openrouter_key_disabled${ofCi()} 0`,
    ]) {
      expect(allSamples(out)).toContain(sample);
    }
    expect(samplesOf(out, "openrouter_guardrail_limit_usd")).toEqual([
      expect.stringMatching(/\{id="[0-9a-f-]{36}",name="strict",workspace="Default",reset="daily"\} 20$/),
    ]);
    const ofFree = allSamples(out).filter((line) => line.includes(free.hash));
    expect(ofFree.map((line) => line.replace(/\{.*\}/, ""))).toEqual([
      "openrouter_key_used_usd 0.3",
      "openrouter_key_disabled 1",
    ]);
    const [, limit0] = twins.map(({ hash }) =>
      samplesOf(out, "openrouter_key_limit_usd").find((line) => line.includes(hash)),
    );
    expect(limit0).toBe(
      `openrouter_key_limit_usd{hash="${twins[1]?.hash}",name="twin",workspace="Other \\"\\\\\\"",reset="none"} 0`,
    );
    expect(other.name).toBe('Other "\\"');
  });

  test("has HELP and TYPE before each metric, and no series twice", async () => {
    fillAccount();
    const { out } = await metrics();
    const lines = out.trimEnd().split("\n");
    const names = [...new Set(allSamples(out).map((line) => line.replace(/[ {].*/, "")))];
    expect(names).toEqual(Object.keys(HELP));
    for (const name of names) {
      const first = lines.findIndex((line) => new RegExp(`^${name}[ {]`).test(line));
      expect(lines.slice(first - 2, first)).toEqual([
        `# HELP ${name} ${HELP[name as keyof typeof HELP]}`,
        `# TYPE ${name} gauge`,
      ]);
    }
    const series = allSamples(out).map((line) => line.replace(/ [^ ]+$/, ""));
    expect(new Set(series).size).toBe(series.length);
  });

  test("has no HELP of a metric without a sample, and one label for resets that it does not know", async () => {
    expect((await metrics()).out).not.toContain("openrouter_key");
    createKey("ci", { limit: 1, limit_reset: "yearly" });
    expect(samplesOf((await metrics()).out, "openrouter_key_limit_usd")[0]).toContain(',reset="other"} 1');
  });

  test("has names without control characters and credentials, on one line, of 100 letters at most", async () => {
    const { odd } = fillAccount();
    const long = createKey("y".repeat(500), { limit: 1 });
    const { out } = await metrics();
    const labels = samplesOf(out, "openrouter_key_limit_usd");
    expect(labels.find((line) => line.includes(odd.hash))).toContain('name="\\"\\\\ } [secret]",');
    expect(labels.find((line) => line.includes(long.hash))).toContain(`name="${"y".repeat(100)}…",`);
  });

  test("escapes backslashes, quotes and line breaks", () => {
    const sample = { value: 1e21, labels: { name: 'a"b\\c\nd' } };
    expect(exposition([{ name: "x", help: "a\\b\nc", type: "gauge", samples: [sample] }])).toBe(
      '# HELP x a\\\\b\\nc\n# TYPE x gauge\nx{name="a\\"b\\\\c\\nd"} 1e+21',
    );
  });

  const promtool = spawnSync("promtool", ["--version"]).error ? test.skip : test;
  promtool("passes promtool", async () => {
    fillAccount();
    const { out } = await metrics();
    const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: out, encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    const broken = spawnSync("promtool", ["check", "metrics"], {
      input: out.replace(`hash="`, "hash="),
      encoding: "utf8",
    });
    expect(broken.status).toBe(1);
  });
});

describe("what it reads", () => {
  test("is 14 calls for 1,000 keys in one workspace", async () => {
    for (let count = 0; count < 1_000; count++) createKey(`key ${count}`);
    for (let count = 0; count < 90; count++) simulator().dashboard.createGuardrail({ name: `guardrail ${count}` });
    await metrics();
    expect(simulator().requests).toHaveLength(14);
  });

  test("is not shown in part when a call fails: openrouter_up is 0, and standard error has the reason", async () => {
    fillAccount();
    simulator().faults.add({ path: "/credits", effect: "status", status: 403, message: "Not for this key" });
    const { out, err, code } = await metrics();
    expect(allSamples(out)).toEqual(["openrouter_up 0"]);
    expect(err).toMatch(/^read the credits: .*403: Not for this key.*\n$/);
    expect(code).toBe(2);
  });

  test("is counted where one workspace is not readable", async () => {
    const { other, ci } = fillAccount();
    simulator().faults.add({
      ...{ path: "/keys", where: ({ query }) => query.workspace_id === other.id },
      ...{ effect: "status", status: 403 },
    });
    const { out, err, code } = await metrics();
    expect(allSamples(out)).toEqual(expect.arrayContaining(["openrouter_up 1", "openrouter_unreadable_lists 1"]));
    expect(out).toContain(ci.hash);
    expect(err).toContain(`Not everything could be read: read the keys of workspace ${other.id}`);
    expect(code).toBe(2);
  });

  test("needs a key, and nothing is served without one", async () => {
    const env = { OPENROUTER_BASE_URL: simulator().url };
    const { out, err, code } = await run(metricsCommand, ["--listen", "0"], { env });
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toContain("no OpenRouter management key");
  });
});

describe("atMostEvery", () => {
  test("shares the call in progress, and its result for an interval from its beginning", async () => {
    let now = 0;
    const finish: ((result: string) => void)[] = [];
    const call = jest.fn(() => new Promise<string>((resolve) => finish.push(resolve)));
    const read = atMostEvery(60_000, call, () => now);
    const first = [read(), read()];
    now = 90_000;
    first.push(read());
    expect(call).toHaveBeenCalledTimes(1);
    finish[0]?.("first");
    expect(await Promise.all(first)).toEqual(["first", "first", "first"]);
    const second = read();
    finish[1]?.("second");
    expect(await second).toBe("second");
    now = 149_999;
    expect(await read()).toBe("second");
    now = 150_000;
    void read();
    expect(call).toHaveBeenCalledTimes(3);
  });
});

describe("the server", () => {
  let now = 0;
  let server: MetricsServer;
  let errors: () => string;

  async function start(options: Parameters<typeof listen>[1] = {}) {
    const { terminal, result } = placeFor({ env: credentials(simulator()) });
    server = await listen(terminal, { listen: 0, ...options }, () => now);
    errors = () => result.err;
  }
  afterEach(() => server.close());

  async function get(path = "/metrics", headers: Record<string, string> = {}, method = "GET") {
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      request(new URL(path, server.url), { method, headers, agent: false }, resolve).on("error", reject).end(),
    );
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  }

  test("serves the metrics on loopback, in Prometheus's format", async () => {
    await start();
    fillAccount();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const { status, headers, body } = await get();
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(body).toBe((await metrics()).out);
    expect(errors()).toBe("");
  });

  test("reads the account once a minute, however often it is scraped", async () => {
    await start();
    createKey("ci");
    const listings = () => simulator().requests.filter(({ path }) => path.endsWith("/workspaces")).length;
    await Promise.all([get(), get(), get()]);
    now += 59_999;
    await get();
    expect(listings()).toBe(1);
    now += 1;
    simulator().dashboard.useKey(createKey("new").hash, 40);
    expect(samplesOf((await get()).body, "openrouter_balance_usd")).toEqual(["openrouter_balance_usd 60"]);
    expect(listings()).toBe(2);
  });

  test("serves no stale number after a failure, and recovers", async () => {
    await start();
    createKey("ci");
    await get();
    simulator().faults.add({ path: "/keys", effect: "html", status: 404 });
    now += 60_000;
    for (const _ of [1, 2]) expect(allSamples((await get()).body)).toEqual(["openrouter_up 0"]);
    expect(errors()).toMatch(/^read the keys of workspace [^\n]+\n$/);
    now += 60_000;
    expect((await get()).body).toContain("openrouter_up 1\n");
  });

  test.each([
    ["localhost", 200],
    ["LOCALHOST:19464", 200],
    ["127.0.0.1:80", 200],
    ["[::1]:19464", 200],
    ["10.1.2.3", 200],
    ["metrics.internal:19464", 200],
    ["evil.example", 403],
    ["evil.example:19464", 403],
    ["localhost.evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["evil.example@127.0.0.1", 403],
    ["127.0.0.1:80:evil.example", 403],
    ["300.1.2.3", 403],
  ])("responds to the Host %j with %i", async (host, status) => {
    await start({ allowHost: ["Metrics.internal"] });
    expect(await get("/metrics", { host })).toMatchObject({ status });
    if (status === 403) expect(simulator().requests).toEqual([]);
  });

  test("responds to a request without a Host with 403", async () => {
    await start();
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1").end("GET /metrics HTTP/1.0\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });

  test("responds to other paths and methods without a call", async () => {
    await start();
    const statuses = [
      (await get("/")).status,
      (await get("/metrics/..%2f")).status,
      (await get("/metrics", {}, "POST")).status,
    ];
    expect(statuses).toEqual([404, 404, 405]);
    expect(simulator().requests).toEqual([]);
    expect((await get("/metrics?x=1", {}, "HEAD")).body).toBe("");
    expect((await get("/metrics?x=1")).status).toBe(200);
  });

  test("warns when other machines can reach it", async () => {
    await start({ host: "0.0.0.0" });
    expect(errors()).toContain("there is no authentication");
  });

  test("exits with 2 when the port is in use", async () => {
    await start();
    const { port } = new URL(server.url);
    const { err, code } = await metrics("--listen", port);
    expect({ err, code }).toEqual({
      err: `listen on 127.0.0.1 port ${port}: EADDRINUSE. Choose another with --listen and --host\n`,
      code: 2,
    });
  });
});

test.each([
  ["--host", "0.0.0.0"],
  ["--allow-host", "x"],
  ["--listen", "70000"],
  ["--listen", "x"],
])("refuses %s %s without a call", async (...args) => {
  expect((await metrics(...args)).code).toBe(2);
  expect(simulator().requests).toEqual([]);
});

test("only reads", async () => {
  createKey("ci", { expires_at: daysAgo(1) });
  await metrics();
  expect([...new Set(simulator().requests.map(({ method }) => method))]).toEqual(["GET"]);
});

test("prints openrouter_up 0 without credentials too, because a file collector replaces its file with it", async () => {
  const { out, err, code } = await run(metricsCommand, [], { env: {} });
  expect({ samples: allSamples(out), code }).toEqual({ samples: ["openrouter_up 0"], code: 2 });
  expect(err).toMatch(/^no OpenRouter management key: /);
});
