/** The text that people read has none of the phrases in idioms.txt, except those in idiomsKept.txt. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const linesOf = (file: string) => readFileSync(join(__dirname, file), "utf8").split("\n").filter(Boolean);

const IDIOMS = linesOf("idioms.txt").map((pattern) => new RegExp(pattern, "i"));
const KEPT = linesOf("idiomsKept.txt").filter((line) => !line.startsWith("#"));

const READ_BY_PEOPLE = /\.(ts|m?js|cjs|md|ya?ml)$/;
const NOT_OURS = /(^|\/)(node_modules|dist|recordings)\//;

function files(folder: string): string[] {
  const { status, stdout } = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: folder,
    encoding: "utf8",
  });
  const all = status === 0 ? stdout.split("\n") : readdirSync(folder, { recursive: true, encoding: "utf8" });
  return all.filter((name) => READ_BY_PEOPLE.test(name) && !NOT_OURS.test(name) && existsSync(join(folder, name)));
}

function found(file: string, text: string): string[] {
  return text.split("\n").flatMap((line, at) => {
    const idiom = IDIOMS.map((pattern) => pattern.exec(line)?.[0]).find((phrase) => phrase !== undefined);
    if (idiom === undefined || KEPT.some((kept) => kept.startsWith(`${file}: ${idiom}`))) return [];
    return [`${file}:${at + 1}: "${idiom.trim()}" in: ${line.trim()}`];
  });
}

test("no file has a phrase of the list", () => {
  const all = files(root);
  expect(all).toContain("README.md");
  expect(all.flatMap((file) => found(file, readFileSync(join(root, file), "utf8")))).toEqual([]);
});

test("at most 20 phrases are kept", () => {
  expect(KEPT.length).toBeLessThanOrEqual(20);
});

test("finds a phrase and names its line", () => {
  const idiom = ["an", "ew"].join("");
  expect(found("README.md", `one\nexport it ${idiom}`)).toEqual([`README.md:2: "${idiom}" in: export it ${idiom}`]);
});
