/** `alert` posts each crossing once: the file of posted alerts, and the lock. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeStale, withLock } from "../../cli/alert/lock";
import { BELOW, eachTestWithReceivers } from "./support/alerting";
import { file, stackExport } from "./support/states";

const { simulator, folder, receiver, posted, alert, leave, keyOverLimit } = eachTestWithReceivers();

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
    expect(readdirSync(folder())).toEqual(["posted.json"]);
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
    const { err, code } = await alert(url, [...BELOW, "--posted-file", join(folder(), "missing/posted.json")]);
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
    expect(readdirSync(folder())).toEqual(["posted.json"]);
  });

  test("of a killed run is removed after a minute", async () => {
    const { url, bodies } = await receiver(200);
    leave(19);
    writeFileSync(lock(), "killed");
    const past = Date.now() / 1000 - 61;
    utimesSync(lock(), past, past);
    await Promise.all([alert(url), alert(url), alert(url)]);
    expect(bodies).toHaveLength(1);
    expect(readdirSync(folder())).toEqual(["posted.json"]);
  });

  test("is restored if it is not the one that was found stale", () => {
    writeFileSync(lock(), "running");
    removeStale(lock(), "killed", "mine");
    expect([readFileSync(lock(), "utf8"), readdirSync(folder())]).toEqual(["running", ["posted.json.lock"]]);
    removeStale(lock(), "running", "mine");
    expect(readdirSync(folder())).toEqual([]);
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
