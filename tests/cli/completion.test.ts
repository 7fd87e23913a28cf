/** `completion` in real shells. Those that are not installed are skipped; bash must be. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { SHELLS, type Shell } from "../../cli/completion/scripts";
import { programFor } from "../../cli/program";
import { placeFor, run } from "./support/terminal";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pulumi-openrouter-completion-"));
  for (const shell of SHELLS) writeFileSync(join(folder, shell), (await run(programFor, ["completion", shell])).out);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Prints what the shell offers for a line that ends at the cursor, one word per line. */
const PROGRAMS: Record<Shell, string> = {
  bash: `source ./bash
read -ra COMP_WORDS <<< "$1"; [[ "$1" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _pulumi_openrouter; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // What an interactive zsh does around the function: arrays begin at 0, and it keeps the words that begin like the last one.
  zsh: `source ./zsh 2>/dev/null
emulate -L ksh; COMP_WORDS=(\${(z)1}); [[ "$1" == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _pulumi_openrouter
printf '%s\\n' "\${(M)COMPREPLY[@]:#\${COMP_WORDS[COMP_CWORD]}*}"`,
  fish: "source ./fish; complete -C $argv[1] | cut -f1",
};

function offered(shell: Shell, line: string): string[] {
  const args = shell === "fish" ? ["--no-config", "-c", PROGRAMS.fish, line] : ["-c", PROGRAMS[shell], shell, line];
  const { status, stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter(Boolean).sort();
}

const isInstalled = (shell: Shell) => spawnSync(shell, ["--version"]).status === 0;

test("runs in bash, which is installed", () => {
  expect(isInstalled("bash")).toBe(true);
});

describe.each(SHELLS.map((shell) => [shell, isInstalled(shell) ? test : test.skip] as const))(
  "%s",
  (shell, testHere) => {
    testHere("offers commands, subcommands and options that fit", () => {
      expect(offered(shell, "pulumi-openrouter ke")).toEqual(["keys"]);
      expect(offered(shell, "pulumi-openrouter keys sh")).toEqual(["show"]);
      expect(offered(shell, "pulumi-openrouter usage --co")).toEqual(["--counters"]);
      expect(offered(shell, "pulumi-openrouter usage --json --co")).toEqual(["--counters"]);
      expect(offered(shell, "pulumi-openrouter keys --o")).toEqual(["--over"]);
      expect(offered(shell, "pulumi-openrouter balance --env")).toEqual(["--env-file"]);
    });

    testHere("offers the values of an option that has some", () => {
      expect(offered(shell, "pulumi-openrouter models --sort ")).toEqual(["context", "latency", "price", "throughput"]);
    });

    testHere("offers no option of a subcommand for another one", () => {
      expect(offered(shell, "pulumi-openrouter keys show --o")).toEqual([]);
    });
  },
);

/** Each command with the words that lead to it. */
function commandsOf(command: Command, path: string[] = []): [string, Command][] {
  return [[path.join(" "), command], ...command.commands.flatMap((each) => commandsOf(each, [...path, each.name()]))];
}

test("bash offers every command and option", () => {
  const program = programFor(placeFor().terminal);
  for (const [path, command] of commandsOf(program)) {
    const words = offered("bash", `pulumi-openrouter ${path}${path && " "}`);
    const own = [...command.commands.map((each) => each.name()), ...command.options.map(({ long }) => String(long))];
    expect(words).toEqual(expect.arrayContaining([...own, "--help"]));
  }
});

test("prints no script for an unknown shell, and names the known ones", async () => {
  const { out, err, code } = await run(programFor, ["completion", "tcsh"]);
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toContain("Allowed choices are bash, zsh, fish.");
});
