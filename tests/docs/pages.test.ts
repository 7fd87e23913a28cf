/** Links and commands in the documentation exist. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { scripts } from "../../package.json";

const root = resolve(__dirname, "../..");
const examples = readdirSync(join(root, "examples")).map((example) => `examples/${example}`);

/** Every Markdown file outside of the tests, relative to the repository. */
const pages = [".", "docs", "docs/commands", "docs/resources", ...examples].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => join(folder, file)),
);
const ownPages = pages.filter((page) => !page.startsWith("examples/"));
const textOf = (page: string) => readFileSync(join(root, page), "utf8");
const withoutCode = (text: string) => text.replaceAll(/^ *```.*?^ *```/gms, "").replaceAll(/`[^`\n]*`/g, "code");

/** As GitHub makes it from a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsOf(page: string): string[] {
  const headings = textOf(page)
    .replaceAll(/^```.*?^```/gms, "")
    .matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) => anchorOf(heading));
}

/** Links to files and anchors that don't exist. */
function brokenLinks(page: string): string[] {
  const targets = [...withoutCode(textOf(page)).matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => {
    if (/^https?:/.test(target)) return false;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : relative(root, resolve(root, dirname(page), path));
    if (!existsSync(join(root, file))) return true;
    return anchor !== undefined && !anchorsOf(file).includes(anchor);
  });
}

test("the documentation has pages", () => {
  expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/review.md", "examples/gitops/README.md"]));
});

test.each(pages)("%s links to files and headings that exist", (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test.each(ownPages)("%s names scripts that exist", (page) => {
  const named = [...textOf(page).matchAll(/npm run ([a-z]+(?::[a-z]+)?)/g)].map(([, script = ""]) => script);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});

test.each(["CONTRIBUTING.md", "docs/decisions.md"])("%s names files and folders that exist", (page) => {
  const named = [...textOf(page).matchAll(/`((?:provider|sdk|cli|tests|scripts|examples)\/[\w./]*)`/g)];
  const paths = named.map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(2);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

/** Commands as written on the pages, with their options. */
const written = pages.flatMap((page) =>
  [
    ...textOf(page).matchAll(
      /(?:npx|\$|\|) pulumi-openrouter ((?:remove |budget |keys (?=disable|enable|limit|show))?[a-z]+)([^\n`|>]*)/g,
    ),
  ].map(([, command = "", rest = ""]) => ({
    page,
    command,
    options: rest.replace(/ #.*/, "").match(/(?<= )--[a-z-]+/g) ?? [],
  })),
);

function helpOf(command: string): string {
  const args = [join(root, "dist/cli/index.js"), ...command.split(" "), "--help"];
  return spawnSync(process.execPath, args, { encoding: "utf8" }).stdout;
}

test.each([...new Set(written.map(({ command }) => command))])(
  "pulumi-openrouter %s exists with its options",
  (command) => {
    const help = helpOf(command);
    expect(help).toContain(`Usage: pulumi-openrouter ${command}`);
    const uses = written.filter((use) => use.command === command);
    const unknown = uses.flatMap(({ options, page }) =>
      options.filter((option) => !help.includes(`${option} `)).map((option) => `${page}: ${option}`),
    );
    expect(unknown).toEqual([]);
  },
);
