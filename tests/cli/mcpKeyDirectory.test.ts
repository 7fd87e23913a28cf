/** Where new keys may be stored. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyDirectory } from "../../cli/mcp/writes/keyDirectory";
import { Secret } from "../../provider/secret";

let folder: string;
let directory: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "pulumi-openrouter-key-dir-")));
  directory = join(folder, "keys");
  fs.mkdirSync(directory, { mode: 0o700 });
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const inTheWay: [problem: string, prepare: () => string, message: RegExp][] = [
  ["is missing", () => join(folder, "nowhere"), /does not exist; create it with: mkdir -m 700$/],
  ["is a file", () => write(join(folder, "file")), /is not a directory$/],
  ["is a symbolic link", () => linkTo(directory), /is a symbolic link; pass the directory itself$/],
  ["is writable by others", () => chmod(0o777), /can be written by other users; run: chmod 700$/],
  ["is in a Git work tree", () => repository(directory), /is inside the Git work tree/],
  ["is below a Git work tree", () => repository(folder), /is inside the Git work tree/],
  [
    "is in a Git work tree of its own, with a file .git",
    () => write(join(directory, ".git")) && directory,
    /Git work tree/,
  ],
];

function write(path: string): string {
  fs.writeFileSync(path, "x");
  return path;
}
function linkTo(target: string): string {
  fs.symlinkSync(target, join(folder, "link"));
  return join(folder, "link");
}
function chmod(mode: number): string {
  fs.chmodSync(directory, mode);
  return directory;
}
function repository(root: string): string {
  fs.mkdirSync(join(root, ".git"));
  return directory;
}

test.each(inTheWay)("refuses a directory that %s", (_, prepare, message) => {
  const path = prepare();
  expect(() => new KeyDirectory(path)).toThrow(message);
});

test("refuses a directory of another user", () => {
  jest.spyOn(process, "getuid").mockReturnValue(4242);
  expect(() => new KeyDirectory(directory)).toThrow(/belongs to another user$/);
  jest.restoreAllMocks();
});

test("finds a work tree through a link in the middle of the path", () => {
  fs.mkdirSync(join(folder, "repository", ".git"), { recursive: true });
  fs.mkdirSync(join(folder, "repository", "keys"), { mode: 0o700 });
  fs.symlinkSync(join(folder, "repository"), join(folder, "elsewhere"));
  expect(() => new KeyDirectory(join(folder, "elsewhere", "keys"))).toThrow(/is inside the Git work tree/);
});

test("stores a key in a new file", () => {
  const file = new KeyDirectory(directory).createFile("seed");
  file.store(new Secret("value"));
  expect(fs.readFileSync(file.path, "utf8")).toBe("value\n");
  expect(fs.statSync(file.path).mode & 0o777).toBe(0o600);
});

test.each([
  ["file", (path: string) => write(path)],
  ["symbolic link", (path: string) => fs.symlinkSync(join(folder, "target"), path)],
])("never overwrites or follows a %s of the same name", (_, prepare) => {
  const keys = new KeyDirectory(directory);
  const { path, discard } = keys.createFile("seed");
  discard();
  prepare(path);
  expect(() => keys.createFile("seed")).toThrow(/has no room for a new file \(EEXIST\)$/);
  expect(fs.existsSync(join(folder, "target"))).toBe(false);
});

test("refuses a directory that was replaced by a link after the start", () => {
  const keys = new KeyDirectory(directory);
  const stolen = join(folder, "stolen");
  fs.mkdirSync(stolen);
  fs.renameSync(directory, join(folder, "moved"));
  fs.symlinkSync(stolen, directory);
  expect(() => keys.createFile("seed")).toThrow(/is a symbolic link/);
  expect(fs.readdirSync(stolen)).toEqual([]);
});

test("refuses a directory that was replaced by another one after the start", () => {
  const keys = new KeyDirectory(directory);
  fs.renameSync(directory, join(folder, "moved"));
  fs.mkdirSync(directory, { mode: 0o700 });
  expect(() => keys.createFile("seed")).toThrow(/is no longer the directory that was there at the start$/);
});

test("writes to the file that it created, even if a link takes its place before the key arrives", () => {
  const file = new KeyDirectory(directory).createFile("seed");
  const stolen = join(folder, "stolen");
  fs.renameSync(file.path, join(directory, "mine"));
  fs.symlinkSync(stolen, file.path);
  file.store(new Secret("value"));
  expect(fs.existsSync(stolen)).toBe(false);
  expect(fs.readFileSync(join(directory, "mine"), "utf8")).toBe("value\n");
});

test("removes the file that it created, and nothing that took its place", () => {
  const keys = new KeyDirectory(directory);
  keys.createFile("one").discard();
  expect(fs.readdirSync(directory)).toEqual([]);
  const file = keys.createFile("two");
  fs.renameSync(file.path, join(directory, "mine"));
  write(file.path);
  file.discard();
  expect(fs.readdirSync(directory)).toHaveLength(2);
});
