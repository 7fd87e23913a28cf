/** Finds jobs of a workflow that have code of a pull request and a right or a secret that this code must not have. Pure. */
import { parse } from "yaml";

interface AnyStep {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface AnyJob {
  permissions?: unknown;
  steps?: AnyStep[];
}

interface AnyWorkflow {
  permissions?: unknown;
  env?: unknown;
  jobs: Record<string, AnyJob>;
}

/** The commit that the pull request is to be merged into. */
const BASE = `\${{ github.event.pull_request.base.sha }}`;

/** One line for each problem. */
export function privilegeProblems(text: string): string[] {
  const { permissions, env, jobs } = parse(text) as AnyWorkflow;
  return Object.entries(jobs).flatMap(([name, job]) => {
    const code = codeOfPullRequest(job);
    if (code === undefined) return [];
    const may = writeRights(job.permissions ?? permissions);
    const hasKey = /MANAGEMENT_KEY|secrets: inherit|toJSON\(secrets\)/i.test(JSON.stringify([env, job]));
    return [
      ...may.map((right) => `${name}: ${right}, and ${code}`),
      ...(hasKey ? [`${name}: the management key, and ${code}`] : []),
    ];
  });
}

/** How a job gets code that the pull request chooses; undefined if it runs none. */
function codeOfPullRequest({ steps = [] }: AnyJob): string | undefined {
  for (const { uses = "", run = "", with: settings } of steps) {
    if (uses.startsWith("./")) return `it runs the local action ${uses}`;
    if (uses.startsWith("actions/checkout@") && settings?.ref !== BASE) return "it checks out the pull request";
    if (settings?.repository !== undefined) return "it checks out another repository";
    const command = COMMANDS.exec(run)?.[0];
    if (command !== undefined) return `it runs \`${command}\``;
    // Whatever was downloaded is data: it is read by `cat`, `head`, `test` and our command.
    const program = /(?:\b(?:bash|sh|node|python3?|source|eval|xargs)\s|chmod \+x|(?<![\w"./$-])\.\/)/.exec(run)?.[0];
    if (program !== undefined) return `it runs a file with \`${program.trim()}\``;
  }
  return undefined;
}

/** Commands that run the program, its packages or their scripts. */
const COMMANDS =
  /npm (?:ci|run|test|exec)|npm (?:install|i)\b(?! --ignore-scripts --global )|npx|yarn|pnpm|pulumi (?:preview|up|refresh)/;

/** No permissions at all means those of the repository's settings, which may be to write. */
function writeRights(permissions: unknown): string[] {
  if (permissions === undefined || permissions === null) return ["the default permissions"];
  if (typeof permissions === "string") return permissions === "read-all" ? [] : [permissions];
  return Object.entries(permissions).flatMap(([scope, access]) => (access === "write" ? [`${scope}: write`] : []));
}
