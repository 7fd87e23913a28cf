/** The completions as a script of a shell. All words are our own, so none needs quotes except descriptions. */
import type { Completions } from "./words";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, all: readonly Completions[]): string {
  return { bash: bash(all), zsh: zsh(all), fish: fish(all) }[shell];
}

/** Files are completed where no word fits, such as after `--env-file`. */
function bash(all: readonly Completions[]): string {
  const values = all.flatMap(({ path, options }) =>
    options.filter(({ takesValue }) => takesValue).map(({ flag, choices }) => bashCase(`${path} ${flag}`, choices)),
  );
  const words = all.map(({ path, subcommands, options }) =>
    bashCase(path, [...subcommands.map(({ name }) => name), ...options.map(({ flag }) => flag)]),
  );
  return `# Completion of pulumi-openrouter for bash.
_pulumi_openrouter() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path="" words="" at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${path:+$path }\${COMP_WORDS[at]}" in
      ${paths(all).join("|")}) path="\${path:+$path }\${COMP_WORDS[at]}" ;;
    esac
  done
  case "$path" in
${words.join("\n")}
  esac
  case "$path $previous" in
${values.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _pulumi_openrouter pulumi-openrouter`;
}

function bashCase(pattern: string, words: readonly string[]): string {
  return `    "${pattern}") words="${words.join(" ")}" ;;`;
}

/** Zsh runs completions of bash. */
function zsh(all: readonly Completions[]): string {
  return `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bash(all)}`;
}

function fish(all: readonly Completions[]): string {
  const lines = all.flatMap(({ path, subcommands, options }) => {
    const line = (rest: string, description: string) =>
      `complete -c pulumi-openrouter -n '__pulumi_openrouter_after "${path}"' ${rest} -d ${quoted(description)}`;
    return [
      ...subcommands.map(({ name, description }) => line(`-f -a ${name}`, description)),
      ...options.map(({ flag, description, takesValue, choices }) => {
        const value = choices.length > 0 ? `-x -a '${choices.join(" ")}'` : takesValue ? "-r" : "-f";
        return line(`-l ${flag.replace(/^--/, "")} ${value}`, description);
      }),
    ];
  });
  return `# Completion of pulumi-openrouter for fish.
function __pulumi_openrouter_after
  set -l path
  for word in (commandline -opc)[2..]
    contains -- (string join ' ' -- $path $word) ${paths(all).join(" ")}
    and set path $path $word
  end
  test "$path" = "$argv"
end
${lines.join("\n")}`;
}

function paths(all: readonly Completions[]): string[] {
  return all.flatMap(({ path }) => (path === "" ? [] : [`"${path}"`]));
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
