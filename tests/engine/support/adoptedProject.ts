/** A Pulumi project whose program `adopt` has written. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { adoptCommand } from "../../../cli/adopt/command";
import {
  openStack,
  type Result,
  type Simulator,
  type Stack,
  type Switches,
  startSimulator,
} from "../../../testing/index";
import { run } from "../../cli/support/terminal";
import { effectsOf, NO_EFFECTS, type Outcome } from "./declaredStack";

export interface AdoptedProject {
  simulator: Simulator;
  stack: Stack;
  /** Path of the program. */
  program: string;
  /** Imports the objects of the file `import.json`. */
  import(): Promise<Outcome>;
  up(refresh?: boolean): Promise<Outcome>;
}

interface Options<Filled> {
  switches?: Partial<Switches>;
  /** Fills the account. */
  fill(simulator: Simulator): Filled;
  /** Of the command. `import.json` is in the project, `-` is the input. */
  args: readonly string[];
  inputOf?(filled: Filled): string;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** As the documentation of the native provider has it. */
const PROJECT = `name: adopted
runtime: nodejs
plugins:
  providers:
    - name: openrouter
      path: node_modules/pulumi-openrouter/plugin
`;

export async function adoptInProject<Filled>({
  switches = {},
  fill,
  args,
  inputOf = () => "",
}: Options<Filled>): Promise<AdoptedProject & { filled: Filled }> {
  const simulator = await startSimulator({ switches });
  const filled = fill(simulator);
  const folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-adopt-"));
  closing.push(async () => {
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string) => join(folder, name);
  const [program, importFile, stateDir] = [file("index.ts"), file("import.json"), file("state")];
  mkdirSync(stateDir);
  symlinkSync(resolve(__dirname, "../../../node_modules"), file("node_modules"), "junction");
  writeFileSync(file("Pulumi.yaml"), PROJECT);
  writeFileSync(file("package.json"), '{"name":"adopted","private":true,"main":"index.ts"}');
  const env = { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey };
  const resolved = args.map((arg) => (arg === "import.json" ? importFile : arg));
  const place = { env, input: inputOf(filled) };
  expect(await run(adoptCommand, ["--out", program, ...resolved], place)).toMatchObject({ code: 0 });

  const stack = await openStack({ projectDir: folder, stack: "test", stateDir, passphrase: "test", env });
  const withCalls = async (operation: () => Promise<Result>): Promise<Outcome> => {
    simulator.clearRequests();
    return { ...(await operation()), calls: [...simulator.requests] };
  };
  return {
    ...{ simulator, filled, stack, program },
    import: () => withCalls(() => stack.importFile(JSON.parse(readFileSync(importFile, "utf8")))),
    up: (refresh = false) => withCalls(() => stack.up({ refresh })),
  };
}

export async function expectNoChanges(project: AdoptedProject): Promise<void> {
  const found = { nextUp: effectsOf(await project.up()), upWithRefresh: effectsOf(await project.up(true)) };
  expect(found).toEqual({ nextUp: NO_EFFECTS, upWithRefresh: NO_EFFECTS });
}
