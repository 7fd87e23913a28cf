/** `alert` with a webhook: posts to real receivers, and the URL. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { alertCommand } from "../../cli/alert/command";
import { credentials } from "./support/account";
import { BELOW, eachTestWithReceivers } from "./support/alerting";
import { startReceiver } from "./support/receiver";
import { run } from "./support/terminal";

const { simulator, folder, receiver, posted, alert, leave, keyOverLimit } = eachTestWithReceivers();

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
    expect({ code, bodies, files: readdirSync(folder()) }).toEqual({ code: 1, bodies: [], files: [] });
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
  expect({ code, files: readdirSync(folder()) }).toEqual({ code: 1, files: [] });
});
