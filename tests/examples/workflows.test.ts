/** The workflows of examples/gitops, with every command run. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import type { Simulator } from "../../testing/simulator/index";
import { credentials, eachTestOnASimulator } from "../cli/support/account";
import { stackExport } from "../cli/support/states";
import type { Call, FakeOutput } from "./support/machine";
import { artifactFolder, type JobRun, startReview, startRun } from "./support/workflowRun";

const recorded = (name: string) => readFileSync(join(__dirname, `../recordings/review/${name}.json`), "utf8");

const GITHUB = {
  repository: "acme/budgets",
  server_url: "https://github.example",
  run_id: 77,
  token: "a token",
  event: {
    pull_request: { number: 5, base: { sha: "def456" }, head: { sha: "abc123", repo: { full_name: "acme/budgets" } } },
  },
};
const SECRETS = { PULUMI_ACCESS_TOKEN: "pul-1", OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-0" };
const RUN = "https://github.example/acme/budgets/actions/runs/77";
const INSTALL = "npm ci --ignore-scripts";

const NO_OUTPUT = { summary: "", outputs: {} };

const lines = ({ calls }: JobRun) => calls.map(({ call }) => call);
const bodies = (calls: readonly Call[]) => calls.flatMap(({ body }) => body ?? []);

describe("on a pull request", () => {
  const COMMENTS = "repos/acme/budgets/issues/5/comments";
  const PACKAGE = `npm install --ignore-scripts --global --legacy-peer-deps pulumi-openrouter@${version}`;
  const simulator = eachTestOnASimulator();
  const change: FakeOutput[] = [
    { prefix: "pulumi preview --json", stdout: recorded("budgets-change") },
    { prefix: "pulumi stack export", stdout: recorded("budgets-state") },
  ];
  /** @param artifacts Folder with the artifacts of the run. */
  const open = (outputs: FakeOutput[], github: object = GITHUB, artifacts = artifactFolder(), done = {}) => {
    const { OPENROUTER_BASE_URL = "", OPENROUTER_MANAGEMENT_KEY } = credentials(simulator());
    const context = { github, secrets: { ...SECRETS, OPENROUTER_MANAGEMENT_KEY } };
    return startReview({ context, env: { OPENROUTER_BASE_URL }, outputs }, artifacts, done);
  };
  /** Runs the jobs of the workflow that code of the pull request can't change, after its job has uploaded this artifact. */
  async function reviewOf(
    upload: (artifact: string) => void,
    outputs = change,
  ): Promise<{ review: JobRun; body: string }> {
    const artifacts = artifactFolder();
    const run = open(outputs, GITHUB, artifacts, { preview: { result: "success" } });
    const artifact = join(artifacts, "openrouter-preview");
    mkdirSync(artifact);
    writeFileSync(join(artifact, "preview.json"), recorded("budgets-change"));
    upload(artifact);
    const review = await run("review");
    const [body = ""] = bodies((await run("comment")).calls);
    return { review, body };
  }

  test("fails, comments the review and writes it to the summary when a gate fails", async () => {
    const run = open(change);
    const { result, ran } = await run("preview");
    expect({ result, ran }).toEqual({ result: "success", ran: ["Install", "Preview"] });
    const review = await run("review");
    const ranForReview = ["Package", "Take the preview", "State", "Review", "Summary"];
    expect(review).toMatchObject({ result: "failure", ran: ranForReview });
    const comment = await run("comment");
    expect(comment.ran).toEqual(["Comment"]);
    expect(lines(comment)).toEqual([
      expect.stringMatching(`^gh api --paginate ${COMMENTS} --jq `),
      `gh api --silent --method POST ${COMMENTS} --field body=@comment.md`,
    ]);
    const [body = ""] = bodies(comment.calls);
    expect(body.split("\n").slice(0, 2)).toEqual([
      "<!-- openrouter-review prod -->",
      "## Budget review of `budgets/prod`: 10 of 13 gates failed",
    ]);
    expect(body).toContain("`--forbid delete` failed");
    expect(body).toContain(`\n[Commit abc123](${RUN})\n`);
    expect(body).toContain(review.summary);
    expect(review.summary).toContain("| Difference | Spent in 30 days |");
  });

  test("passes when no gate fails", async () => {
    const run = open([{ prefix: "pulumi preview --json", stdout: recorded("budgets-same") }, ...change.slice(1)]);
    expect(lines(await run("preview"))).toEqual([
      INSTALL,
      "pulumi preview --diff --non-interactive --stack prod",
      "pulumi preview --json --non-interactive --stack prod",
    ]);
    const review = await run("review");
    expect(review.result).toBe("success");
    expect(lines(review)).toEqual([PACKAGE, "pulumi stack export --stack prod"]);
  });

  test("updates the existing comment on the next push", async () => {
    const run = open([...change, { prefix: "gh api --paginate", stdout: "4711\n" }]);
    for (const job of ["preview", "review"]) await run(job);
    const [, update] = lines(await run("comment"));
    expect(update).toBe(
      "gh api --silent --method PATCH repos/acme/budgets/issues/comments/4711 --field body=@comment.md",
    );
  });

  test("removes the previous review from the comment when a preview fails", async () => {
    const run = open([{ prefix: "pulumi preview --diff", code: 1 }]);
    expect(await run("preview")).toMatchObject({ result: "failure", ran: ["Install", "Preview"] });
    expect(await run("review")).toMatchObject({ result: "failure", summary: "" });
    const comment = await run("comment");
    expect(comment.result).toBe("success");
    expect(bodies(comment.calls)).toEqual([expect.stringContaining("There is no review of the last push.\n")]);
  });

  test("gives the change only the token that reads the state, and the comment only that of GitHub", async () => {
    const run = open(change);
    const given: Record<string, string[]> = {};
    for (const job of ["preview", "review", "comment"]) {
      const { calls } = await run(job);
      given[job] = [...new Set(calls.flatMap(({ secrets }) => secrets))];
    }
    expect(given).toEqual({ preview: ["PULUMI_ACCESS_TOKEN"], review: ["PULUMI_ACCESS_TOKEN"], comment: ["GH_TOKEN"] });
  });

  test("runs only a notice for a fork", async () => {
    const head = { sha: "abc123", repo: { full_name: "mallory/budgets" } };
    const run = open(change, { ...GITHUB, event: { pull_request: { number: 5, head } } });
    const skipped = { result: "skipped", ran: [], calls: [] };
    for (const job of ["preview", "review", "comment"]) expect(await run(job)).toMatchObject(skipped);
    const notice = await run("fork");
    expect(notice).toMatchObject({
      result: "success",
      calls: [],
      summary: expect.stringContaining("No budget review"),
    });
    expect(await open(change)("fork")).toMatchObject(skipped);
  });

  describe("with an artifact that code of the pull request has written", () => {
    const MARKUP =
      "@everyone [click](https://evil.example) <img src=x> ![x](y) | `tick`\n## heading\n<!-- openrouter-review prod -->";

    test("shows names as code, so that none is a mention, a link, HTML or a heading", async () => {
      const name = JSON.stringify(MARKUP).slice(1, -1);
      const hostile = recorded("budgets-change").replaceAll("::new-service", `::${name}`);
      expect(hostile).not.toBe(recorded("budgets-change"));
      const { body } = await reviewOf((artifact) => writeFileSync(join(artifact, "preview.json"), hostile));
      expect(body).toContain("@everyone");
      // Without its code spans, whose fences are longer than any run of backticks in them.
      const text = body.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, "code");
      expect(text).not.toMatch(/@everyone|evil\.example|<img|!\[|## heading/);
      expect(text.match(/<!--/g)).toHaveLength(1);
    });

    test("reads only the preview, and not gates, settings or packages next to it", async () => {
      const { body } = await reviewOf((artifact) => {
        writeFileSync(join(artifact, "openrouter-review.yaml"), "max-total: 1000000\n");
        writeFileSync(join(artifact, ".npmrc"), "registry=http://127.0.0.1:9/\n");
        writeFileSync(join(artifact, "package.json"), "{}");
        writeFileSync(join(artifact, "review.md"), "a review of the attacker");
      });
      expect(body).toContain("10 of 13 gates failed");
      expect(body).not.toContain("attacker");
    });

    test.each<[string, (artifact: string) => void]>([
      ["is not a preview", (artifact) => writeFileSync(join(artifact, "preview.json"), "<h1>@everyone</h1>")],
      ["is empty", (artifact) => rmSync(join(artifact, "preview.json"))],
      [
        "is a link to another file",
        (artifact) => {
          rmSync(join(artifact, "preview.json"));
          symlinkSync(join(__dirname, "../recordings/review/budgets-same.json"), join(artifact, "preview.json"));
        },
      ],
    ])("fails and comments nothing of it when it %s", async (_, upload) => {
      const { review, body } = await reviewOf(upload);
      expect(review.result).toBe("failure");
      expect(body).toContain("There is no review of the last push.");
      expect(body).not.toContain("@everyone");
    });

    test("does not comment an artifact with the name of the review", async () => {
      const { review, body } = await reviewOf((artifact) => {
        const forged = join(artifact, "../openrouter-review");
        mkdirSync(forged);
        writeFileSync(join(forged, "review.md"), "@everyone: all gates passed");
      });
      expect(review.result).toBe("failure");
      expect(body).toContain("There is no review of the last push.");
    });
  });
});

test("applies a merge with the secrets of the environment", async () => {
  const run = startRun("openrouter-up.yml", { context: { github: GITHUB, secrets: SECRETS }, outputs: [] });
  expect(await run("up")).toEqual({
    ...NO_OUTPUT,
    result: "success",
    ran: ["Install", "Up"],
    calls: [
      { call: INSTALL, secrets: [] },
      {
        call: "pulumi up --yes --non-interactive --stack prod",
        secrets: ["PULUMI_ACCESS_TOKEN", "OPENROUTER_MANAGEMENT_KEY"],
      },
    ],
  });
});

describe("every morning", () => {
  const PREVIEW = "pulumi preview --refresh --expect-no-changes --diff --non-interactive --stack prod";
  const NO_CHANGES: FakeOutput = { prefix: PREVIEW, stdout: "6 unchanged\n" };
  const CHANGES: FakeOutput = { prefix: PREVIEW, stdout: "~ limit: 900 => 200\n", code: 7 };
  const simulator = eachTestOnASimulator();

  /** The key of the stack, which is in its state. */
  function stateOf({ dashboard }: Simulator): FakeOutput {
    const { key } = dashboard.createKey({ name: "budgets/prod/backend", limit: 5 });
    const entry = { kind: "InferenceKey", name: "backend", id: key.hash } as const;
    return { prefix: "pulumi stack export", stdout: stackExport([entry]) };
  }

  function check(...outputs: FakeOutput[]): Promise<JobRun> {
    const { OPENROUTER_BASE_URL = "", OPENROUTER_MANAGEMENT_KEY } = credentials(simulator());
    const context = { github: GITHUB, secrets: { ...SECRETS, OPENROUTER_MANAGEMENT_KEY } };
    return startRun("openrouter-drift.yml", { context, env: { OPENROUTER_BASE_URL }, outputs })("drift");
  }

  test("passes without an issue when nothing differs", async () => {
    const run = await check(NO_CHANGES, stateOf(simulator()));
    expect({ ...run, calls: lines(run) }).toEqual({
      ...NO_OUTPUT,
      result: "success",
      ran: ["Install", "Drift", "Audit"],
      calls: [INSTALL, PREVIEW, "pulumi stack export --stack prod"],
    });
  });

  test("opens an issue with the drift and the audit", async () => {
    const run = await check(CHANGES, stateOf(simulator()));
    expect(run).toMatchObject({ result: "failure", ran: ["Install", "Drift", "Audit", "Issue"] });
    expect(lines(run).slice(-3)).toEqual([
      "gh label create openrouter-drift --force",
      "gh issue list --state open --label openrouter-drift --json number --jq .[0].number // empty",
      "gh issue create --title OpenRouter drift: prod --label openrouter-drift --body-file body.md",
    ]);
    const [body = ""] = bodies(run.calls);
    expect(body).toContain(`[last run](${RUN})`);
    expect(body).toContain("\n#### drift\n\n    ~ limit: 900 => 200\n");
    expect(body.split("\n#### audit\n")[1]).toContain("\n    1 key: 1 managed.\n");
  });

  test("updates the open issue for an unmanaged key", async () => {
    simulator().dashboard.createKey({ name: "stray" });
    const run = await check(NO_CHANGES, stateOf(simulator()), { prefix: "gh issue list", stdout: "12\n" });
    expect(run.result).toBe("failure");
    expect(lines(run).at(-1)).toBe("gh issue edit 12 --body-file body.md");
    expect(bodies(run.calls)).toEqual([expect.stringContaining("    The audit found 1 unmanaged, 1 no-limit.\n")]);
  });

  test("fails without an issue when the installation fails", async () => {
    expect(await check({ prefix: "npm ci", code: 1 })).toMatchObject({ result: "failure", ran: ["Install"] });
  });
});
