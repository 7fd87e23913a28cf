/** `alert` with a webhook: posts to real receivers, the file of posted alerts, and the lock. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alertCommand } from "../../cli/alert/command";
import { removeStale, withLock } from "../../cli/alert/lock";
import { credentials, eachTestOnASimulator } from "./support/account";
import { type Receiver, type Response, startReceiver } from "./support/receiver";
import { file, stackExport } from "./support/states";
import { run } from "./support/terminal";

const simulator = eachTestOnASimulator();

let folder: string;
let receivers: Receiver[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-alert-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all(receivers.map((each) => each.close()));
  receivers = [];
});

async function receiver(...responses: readonly Response[]): Promise<Receiver> {
  const started = await startReceiver(...responses);
  receivers.push(started);
  return started;
}

const posted = () => join(folder, "posted.json");
const BELOW = ["--balance-below", "20"];

/** Posts to this URL; `args` come after the webhook and the file. */
function alert(url: string, args: readonly string[] = BELOW, env: NodeJS.ProcessEnv = {}) {
  return run(alertCommand, ["--webhook-variable", "HOOK", "--posted-file", posted(), ...args], {
    env: { ...credentials(simulator()), HOOK: url, ...env },
  });
}

/** Credits left, of 100. */
function leave(usd: number) {
  simulator().account.uses.length = 0;
  const { key } = simulator().dashboard.createKey({ name: "spender" });
  simulator().dashboard.useKey(key.hash, 100 - usd);
}

function keyOverLimit(name: string) {
  const { key } = simulator().dashboard.createKey({ name, limit: 1 });
  simulator().dashboard.useKey(key.hash, 1);
  return key;
}

describe("posts once per crossing", () => {
  test("and again only after the condition was false, with exit code 1 as long as it holds", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    expect(await alert(url)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is below \$20\.\nPosted 1 alert\.\n$/),
    });
    leave(10);
    expect(await alert(url)).toMatchObject({ code: 1, err: expect.stringContaining("It was posted before.") });
    expect(bodies).toHaveLength(1);
    leave(50);
    expect(await alert(url)).toEqual({ code: 0, out: "No condition holds.\n", err: "" });
    leave(19);
    await alert(url);
    expect(bodies).toHaveLength(2);
  });

  test("for each key", async () => {
    const { url, bodies } = await receiver(200);
    const over = ["--key-over", "80"];
    keyOverLimit("first");
    await alert(url, over);
    keyOverLimit("second");
    const { err } = await alert(url, over);
    expect(err).toContain("Posted 1 alert; 1 posted before.");
    expect(
      bodies.map((body) => JSON.parse(body).data.alerts.map(({ key }: { key: { name: string } }) => key.name)),
    ).toEqual([["first"], ["second"]]);
  });

  test("for each threshold, receiver and account, and runs of other conditions don't interfere", async () => {
    const [first, second] = [await receiver(200), await receiver(200)];
    leave(19);
    await alert(first.url);
    await alert(second.url);
    await alert(first.url, ["--key-over", "80"]);
    await alert(first.url);
    expect([first.bodies.length, second.bodies.length]).toEqual([1, 1]);
    await alert(first.url, ["--balance-below", "30"]);
    expect(first.bodies).toHaveLength(2);
    const key = simulator().dashboard.addManagementKey();
    await alert(second.url, BELOW, { OPENROUTER_MANAGEMENT_KEY: key });
    expect(second.bodies).toHaveLength(2);
  });

  test("of a drift, also if a run in between did not check it", async () => {
    const { url, bodies } = await receiver(200);
    const state = file(stackExport([{ kind: "InferenceKey", name: "gone", id: "e".repeat(64) }]));
    await alert(url, ["--state", state]);
    await alert(url, ["--key-over", "80"]);
    await alert(url, ["--state", state]);
    expect(bodies).toHaveLength(1);
    await alert(url, ["--state", file(stackExport([]))]);
    await alert(url, ["--state", state]);
    expect(bodies).toHaveLength(2);
  });

  test("when a condition could not be read in between", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    await alert(url);
    simulator().faults.add({ path: "/credits", effect: "status", status: 403 });
    expect((await alert(url)).code).toBe(2);
    await alert(url);
    expect(bodies).toHaveLength(1);
  });

  test("again when the file is missing", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    await alert(url);
    rmSync(posted());
    await alert(url);
    expect(bodies).toHaveLength(2);
  });
});

describe("the file of posted alerts", () => {
  test("is readable only by the user, has no URL and no key, and nothing is next to it", async () => {
    const { url } = await receiver(204);
    leave(19);
    writeFileSync(posted(), '{ "version": 1, "posted": {} }', { mode: 0o644 });
    await alert(url);
    expect(statSync(posted()).mode & 0o777).toBe(0o600);
    const text = readFileSync(posted(), "utf8");
    for (const secret of ["zz-secret", "127.0.0.1", simulator().managementKey]) expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toEqual({
      version: 1,
      posted: { [Object.keys(JSON.parse(text).posted)[0] ?? ""]: ["balance-below 20"] },
    });
    expect(readdirSync(folder)).toEqual(["posted.json"]);
  });

  test("is written only after a 2xx, so that a failed post is sent again", async () => {
    const { url, bodies } = await receiver(500, 200);
    leave(19);
    const failed = await alert(url);
    expect(failed).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /below \$20\.\npost to the webhook in HOOK: it responded with status 500\. The next run posts again\.\n$/,
      ),
    });
    expect(existsSync(posted())).toBe(false);
    expect((await alert(url)).code).toBe(1);
    await alert(url);
    expect(bodies).toHaveLength(2);
  });

  test("forgets a condition that cleared, also if the post of a new one failed", async () => {
    const { url, bodies } = await receiver(200, 500, 200);
    const conditions = [...BELOW, "--key-over", "80"];
    leave(19);
    await alert(url, conditions);
    leave(50);
    const { hash } = keyOverLimit("ci");
    expect((await alert(url, conditions)).code).toBe(2);
    leave(19);
    simulator().dashboard.useKey(hash, 1);
    await alert(url, conditions);
    expect(JSON.parse(bodies[2] ?? "").data.alerts.map(({ condition }: { condition: string }) => condition)).toEqual([
      "balance-below",
      "key-over",
    ]);
  });

  test.each(["", "balance-below: 20", "{}", '{"version":2,"posted":{}}', '{"version":1,"posted":{"a":[1]}}'])(
    "of other content is not overwritten, and nothing is posted: %j",
    async (text) => {
      const { url, bodies } = await receiver(200);
      leave(19);
      writeFileSync(posted(), text);
      const { err, code } = await alert(url);
      expect(code).toBe(2);
      expect(err).toContain("$19 of credits left");
      expect(err).toContain("is not a file of posted alerts. If it was one, delete it");
      expect(readFileSync(posted(), "utf8")).toBe(text);
      expect(bodies).toEqual([]);
    },
  );

  test("that can't be written prevents the post", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    const { err, code } = await alert(url, [...BELOW, "--posted-file", join(folder, "missing/posted.json")]);
    expect({ code, bodies }).toEqual({ code: 2, bodies: [] });
    expect(err).toContain("ENOENT. Choose a folder that exists and is writable");
  });
});

describe("the lock", () => {
  const lock = () => `${posted()}.lock`;

  test("lets only one of several runs at the same time post", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    const runs = await Promise.all(Array.from({ length: 5 }, () => alert(url)));
    expect(runs.map(({ code }) => code)).toEqual([1, 1, 1, 1, 1]);
    expect(bodies).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(["posted.json"]);
  });

  test("of a killed run is removed after a minute", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    writeFileSync(lock(), "killed");
    const past = Date.now() / 1000 - 61;
    utimesSync(lock(), past, past);
    await Promise.all([alert(url), alert(url), alert(url)]);
    expect(bodies).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(["posted.json"]);
  });

  test("is restored if it is not the one that was found stale", () => {
    writeFileSync(lock(), "running");
    removeStale(lock(), "killed", "mine");
    expect([readFileSync(lock(), "utf8"), readdirSync(folder)]).toEqual(["running", ["posted.json.lock"]]);
    removeStale(lock(), "running", "mine");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("of another run is kept, and the run that waits gives up", async () => {
    writeFileSync(lock(), "running");
    const work = jest.fn();
    await expect(withLock(lock(), work, 100)).rejects.toThrow("another run holds the lock");
    expect(work).not.toHaveBeenCalled();
    expect(readFileSync(lock(), "utf8")).toBe("running");
  });

  test("is released when the work fails, unless another run has it by then", async () => {
    await expect(withLock(lock(), () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(existsSync(lock())).toBe(false);
    await withLock(lock(), async () => writeFileSync(lock(), "other"));
    expect(readFileSync(lock(), "utf8")).toBe("other");
  });
});

describe("the webhook", () => {
  test("gets a POST of JSON with the alerts and no credential", async () => {
    const { url, bodies, requests } = await receiver(200);
    const { hash } = keyOverLimit(`sk-or-v1-${"7".repeat(64)}\u202e`);
    await alert(url, ["--key-over", "80", "--title", "Acme"]);
    expect(requests).toMatchObject([
      {
        method: "POST",
        url: "/services/T000/B000/zz-secret-token",
        headers: { "content-type": "application/json", "user-agent": expect.stringMatching(/^pulumi-openrouter\/\d/) },
      },
    ]);
    expect(requests[0]?.headers).not.toHaveProperty("authorization");
    const text = `key "[secret]" (${hash.slice(0, 8)}) has used 100% of its limit of $1 once`;
    expect(JSON.parse(bodies[0] ?? "")).toEqual({
      ...{ tool: "pulumi-openrouter", version: expect.any(String), command: "alert", schemaVersion: 1 },
      data: {
        title: "Acme",
        text: `Acme: 1 new alert\n• ${text}`,
        alerts: [
          {
            ...{ condition: "key-over", threshold: 80, value: 100, text },
            ...{ key: { hash, name: "[secret]" }, id: expect.stringContaining(hash) },
          },
        ],
      },
    });
  });

  const slackText = async (name: string) => {
    const { url, bodies } = await receiver(200);
    keyOverLimit(name);
    await alert(url, ["--key-over", "80", "--format", "slack"]);
    const body = JSON.parse(bodies[0] ?? "");
    expect(Object.keys(body)).toEqual(["text"]);
    return body.text as string;
  };

  test.each([
    ["<!channel>", '"&lt;!channel&gt;"'],
    ["<https://evil.example|Sign in>", '"&lt;https:\u200b//evil.\u200bexample|Sign in&gt;"'],
    ["&lt;!here&gt;", '"&amp;lt;!here&amp;gt;"'],
    ["~town-square #general", '"~\u200btown-square #\u200bgeneral"'],
    ["@here and @everyone", '"@\u200bhere and @\u200beveryone"'],
    ["www.evil.example", '"www.\u200bevil.\u200bexample"'],
    ["[a](https://evil.example)", '"[a]\u200b(https:\u200b//evil.\u200bexample)"'],
    ["a\nb\u0000c\u001b[31md", '"a b\ufffdcd"'],
  ])("in Slack's format gets no mention or link from the name %j", async (name, shown) => {
    expect(await slackText(name)).toContain(`• key ${shown} (`);
  });

  test("gets 20 lines of text at most, and all alerts as JSON", async () => {
    const { url, bodies } = await receiver(200);
    for (let count = 0; count < 22; count++) keyOverLimit(`key ${count}`);
    await alert(url, ["--key-over", "80"]);
    const { text, alerts } = JSON.parse(bodies[0] ?? "").data;
    expect(text.split("\n")).toHaveLength(22);
    expect(text).toMatch(/\n• and 2 more; run pulumi-openrouter alert to see all$/);
    expect(alerts).toHaveLength(22);
  });

  test("that redirects is not followed", async () => {
    const target = await receiver(200);
    const { url } = await receiver((_, response) => response.writeHead(307, { location: target.url }).end());
    leave(19);
    expect(await alert(url)).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        "post to the webhook in HOOK: it redirects (307), which is not followed; set the final URL",
      ),
    });
    expect(target.bodies).toEqual([]);
    expect(existsSync(posted())).toBe(false);
  });

  test("that is gone, refuses connections, breaks them or speaks no TLS is named without its URL", async () => {
    leave(19);
    const closed = await startReceiver();
    await closed.close();
    const broken = await receiver((request) => request.socket.destroy());
    const gone = await receiver(404);
    const errors = [
      ["ECONNREFUSED", closed.url],
      ["UND_ERR_SOCKET", broken.url],
      ["404; check that the webhook still exists", gone.url],
      ["no connection, or a lost one (", gone.url.replace("http:", "https:")],
    ] as const;
    for (const [problem, url] of errors) {
      const { err, code } = await alert(url);
      expect(code).toBe(2);
      expect(err).toContain("post to the webhook in HOOK: ");
      expect(err).toContain(problem);
      expect(err).not.toMatch(/zz-secret|services|127\.0\.0\.1/);
    }
  });

  test("with a certificate that is not trusted gets nothing", async () => {
    leave(19);
    const pem = (name: string) => readFileSync(join(__dirname, "../host/support", name));
    const arrived = jest.fn();
    const server = createServer({ key: pem("localhost.key.pem"), cert: pem("localhost.cert.pem") }, arrived);
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const { port } = server.address() as AddressInfo;
    const { err, code } = await alert(`https://localhost:${port}/services/zz-secret-token`);
    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(2);
    expect(err).toMatch(
      /post to the webhook in HOOK: no connection, or a lost one \(\w*(SELF_SIGNED|VERIFY|CERT)\w*\)/,
    );
    expect(arrived).not.toHaveBeenCalled();
  });

  test("that does not respond is given up after 10 s, also in the middle of a response", async () => {
    leave(19);
    const timeouts: number[] = [];
    const spy = jest.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      timeouts.push(ms);
      const controller = new AbortController();
      // The calls of the management API have 20 s.
      if (ms === 10_000) setTimeout(() => controller.abort(), 50);
      return controller.signal;
    });
    const silent = await receiver(() => undefined);
    const halting = await receiver((_, response) => response.writeHead(200).write("o"));
    try {
      for (const { url } of [silent, halting]) {
        expect(await alert(url)).toMatchObject({
          code: 2,
          err: expect.stringContaining("no complete response within 10 s"),
        });
      }
    } finally {
      spy.mockRestore();
    }
    expect(timeouts.filter((ms) => ms === 10_000)).toHaveLength(2);
    expect(existsSync(posted())).toBe(false);
  });
});

describe("the URL", () => {
  test.each([
    ["http://hooks.example/zz-secret", "must be an https URL; http is accepted on loopback only"],
    ["http://127.0.0.1.evil.example/zz-secret", "must be an https URL"],
    ["ftp://127.0.0.1/zz-secret", "must be an https URL"],
    ["https://user:zz-secret@hooks.example/", "has a user name or password"],
    ["zz-secret", "is not a URL"],
    [" ", "is not set in the environment"],
  ])("%j is refused before any request, and not printed", async (url, problem) => {
    const { out, err, code } = await alert(url);
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toContain(`webhook-variable: HOOK ${problem}`);
    expect(err).not.toMatch(/zz-secret|hooks/);
    expect(simulator().requests).toEqual([]);
  });

  test("is not printed, nor its path, also if a key is named like it", async () => {
    const { url } = await receiver(200);
    keyOverLimit(`at ${url}`);
    keyOverLimit("at /services/T000/B000/zz-secret-token");
    const { out, err } = await alert(url, ["--key-over", "80", "--json"]);
    expect(out).toContain("at [secret]");
    expect(out + err).not.toContain("zz-secret");
  });

  test("instead of the name of a variable is refused and not printed", async () => {
    const { err, code } = await alert("", [...BELOW, "--webhook-variable", "https://hooks.example/zz-secret"]);
    expect(code).toBe(2);
    expect(err).toBe("webhook-variable: must be the name of an environment variable that has the URL, not the URL\n");
  });

  test("is not read from files of variables", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    const command = (terminal: Parameters<typeof alertCommand>[0]) => {
      const made = alertCommand(terminal);
      terminal.env = { ...terminal.env, HOOK: url };
      return made;
    };
    const { err, code } = await run(command, [...BELOW, "--webhook-variable", "HOOK"], {
      env: credentials(simulator()),
    });
    expect({ code, bodies }).toEqual({ code: 2, bodies: [] });
    expect(err).toContain("HOOK is not set in the environment; --env-file, .env.local and .env don't count");
  });
});

describe("--dry-run", () => {
  test("prints what would be posted, and neither posts nor writes", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    const { out, code } = await alert(url, [...BELOW, "--dry-run", "--format", "slack"]);
    expect(JSON.parse(out)).toEqual({ text: "OpenRouter: 1 new alert\n• $19 of credits left, which is below $20" });
    expect({ code, bodies, files: readdirSync(folder) }).toEqual({ code: 1, bodies: [], files: [] });
    await alert(url);
    expect((await alert(url, [...BELOW, "--dry-run"])).out).toBe("Nothing to post.\n");
  });

  test("works without the URL", async () => {
    leave(19);
    expect(await alert("", [...BELOW, "--dry-run"])).toMatchObject({
      code: 1,
      out: expect.stringContaining("1 new alert"),
    });
  });
});

test("without a webhook posts nothing and writes no file", async () => {
  leave(19);
  const { code } = await run(alertCommand, [...BELOW, "--posted-file", posted()], { env: credentials(simulator()) });
  expect({ code, files: readdirSync(folder) }).toEqual({ code: 1, files: [] });
});
