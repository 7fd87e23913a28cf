/** The workflows of examples/gitops, with every command run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Simulator } from "../../testing/simulator/index";
import { credentials, eachTestOnASimulator } from "../cli/support/account";
import { stackExport } from "../cli/support/states";
import type { Call, FakeOutput } from "./support/machine";
import { type JobRun, startRun } from "./support/workflowRun";

const recorded = (name: string) => readFileSync(join(__dirname, `../recordings/review/${name}.json`), "utf8");

const GITHUB = {
  repository: "acme/budgets",
  server_url: "https://github.example",
  run_id: 77,
  token: "a token",
  event: { pull_request: { number: 5, head: { sha: "abc123", repo: { full_name: "acme/budgets" } } } },
};
const SECRETS = { PULUMI_ACCESS_TOKEN: "pul-1", OPENROUTER_MANAGEMENT_KEY: "sk-or-v1-0" };
const RUN = "https://github.example/acme/budgets/actions/runs/77";
const INSTALL = "npm ci --ignore-scripts";

const lines = ({ calls }: JobRun) => calls.map(({ call }) => call);
const bodies = (calls: readonly Call[]) => calls.flatMap(({ body }) => body ?? []);

describe("on a pull request", () => {
  const COMMENTS = "repos/acme/budgets/issues/5/comments";
  const change: FakeOutput[] = [
    { prefix: "pulumi preview --json", stdout: recorded("budgets-change") },
    { prefix: "pulumi stack export", stdout: recorded("budgets-state") },
  ];
  const open = (outputs: FakeOutput[], github: object = GITHUB) =>
    startRun("openrouter-review.yml", { context: { github, secrets: SECRETS }, outputs });

  test("fails and comments the review when a gate fails", async () => {
    const run = open(change);
    const { result, ran } = await run("review");
    expect({ result, ran }).toEqual({ result: "failure", ran: ["Install", "Preview", "Review"] });
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
  });

  test("passes when no gate fails", async () => {
    const same: FakeOutput[] = [
      { prefix: "pulumi preview --json", stdout: recorded("budgets-same") },
      ...change.slice(1),
    ];
    const review = await open(same)("review");
    expect(review.result).toBe("success");
    expect(lines(review)).toEqual([
      INSTALL,
      "pulumi preview --diff --non-interactive --stack prod",
      "pulumi preview --json --non-interactive --stack prod",
      "pulumi stack export --stack prod",
    ]);
  });

  test("updates the existing comment on the next push", async () => {
    const run = open([...change, { prefix: "gh api --paginate", stdout: "4711\n" }]);
    await run("review");
    const [, update] = lines(await run("comment"));
    expect(update).toBe(
      "gh api --silent --method PATCH repos/acme/budgets/issues/comments/4711 --field body=@comment.md",
    );
  });

  test("removes the previous review from the comment when a preview fails", async () => {
    const run = open([{ prefix: "pulumi preview --diff", code: 1 }]);
    expect(await run("review")).toMatchObject({ result: "failure", ran: ["Install", "Preview"] });
    const comment = await run("comment");
    expect(comment.result).toBe("success");
    expect(bodies(comment.calls)).toEqual([expect.stringContaining("There is no review of the last push.\n")]);
  });

  test("runs the change without the management key or a token with write access", async () => {
    const { calls } = await open(change)("review");
    const given = new Set(calls.flatMap(({ secrets }) => secrets));
    expect(given).toEqual(new Set(["PULUMI_ACCESS_TOKEN"]));
  });

  test("runs nothing for a fork", async () => {
    const head = { sha: "abc123", repo: { full_name: "mallory/budgets" } };
    const run = open(change, { ...GITHUB, event: { pull_request: { number: 5, head } } });
    const skipped = { result: "skipped", ran: [], calls: [] };
    expect([await run("review"), await run("comment")]).toEqual([skipped, skipped]);
  });
});

test("applies a merge with the secrets of the environment", async () => {
  const run = startRun("openrouter-up.yml", { context: { github: GITHUB, secrets: SECRETS }, outputs: [] });
  expect(await run("up")).toEqual({
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
