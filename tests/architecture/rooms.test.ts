/** Imports point one way, between the folders and between the files. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";

const ROOT = resolve(__dirname, "../..");

/** Files of `provider/` that import no other room: what every room may use. */
const BASICS = ["provider/errors", "provider/ids", "provider/loopback", "provider/secret", "provider/text"];

/** What a host of the lifecycles may import: nothing of the other. */
const HOST = [...BASICS, "provider/host", "provider/reconcile", "provider/resources", "provider/settings", "formats"];

/** What each room may import besides itself. The longest entry that a path starts with is its room. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  formats: [],
  ...Object.fromEntries(BASICS.map((file) => [file, BASICS])),
  "provider/api": [...BASICS, "formats"],
  "provider/settings": [...BASICS, "provider/api"],
  "provider/reconcile": [...BASICS, "provider/api", "formats"],
  "provider/resources": [...BASICS, "provider/api", "provider/reconcile", "formats"],
  "provider/lookUps": [...BASICS, "provider/api", "provider/reconcile"],
  "provider/host": [
    ...BASICS,
    "provider/api",
    "provider/settings",
    "provider/reconcile",
    "provider/lookUps",
    "formats",
  ],
  "provider/dynamic": HOST,
  "provider/native": HOST,
  sdk: ["provider/ids", "provider/text", "formats"],
  // The provider is loaded by programs that look something up, and only then.
  "sdk/lookUps": ["sdk", "provider/dynamic", "formats"],
  "sdk/index": ["sdk"],
  "cli/shared": ["provider", "formats"],
  "cli/adopt": ["cli/shared", "provider", "formats"],
  "cli/alert": ["cli/shared", "cli/audit", "cli/balance", "provider", "formats"],
  "cli/audit": ["cli/shared", "provider", "formats"],
  "cli/balance": ["cli/shared", "provider", "formats"],
  "cli/completion": ["cli/shared", "provider"],
  "cli/generation": ["cli/shared", "provider", "formats"],
  "cli/budget": ["cli/shared", "cli/usage", "provider", "formats"],
  "cli/keys": ["cli/shared", "provider", "formats"],
  "cli/mcp": ["cli", "provider", "formats"],
  "cli/metrics": ["cli/shared", "cli/balance", "provider", "formats"],
  "cli/models": ["cli/providers", "cli/shared", "provider", "formats"],
  "cli/members": ["cli/shared", "provider", "formats"],
  "cli/guardrails": ["cli/members", "cli/shared", "provider", "formats"],
  "cli/assignments": ["cli/guardrails", "cli/members", "cli/shared", "provider", "formats"],
  "cli/overview": ["cli/balance", "cli/shared", "provider", "formats"],
  "cli/presets": ["cli/shared", "provider", "formats"],
  "cli/providers": ["cli/shared", "provider", "formats"],
  "cli/remove": ["cli/shared", "provider", "formats"],
  "cli/review": ["cli/shared", "cli/usage", "provider", "formats"],
  "cli/usage": ["cli/members", "cli/shared", "provider", "formats"],
  "cli/whoami": ["cli/shared", "provider", "formats"],
  "cli/workspaces": ["cli/shared", "provider", "formats"],
  "cli/program": ["cli", "testing/commands"],
  "cli/index": ["cli", "provider"],
  // It must not share our misreadings of the API.
  "testing/simulator": [],
  "testing/engine": ["formats"],
  "testing/commands": ["testing/simulator", "cli/shared", "provider"],
  "testing/index": ["testing"],
};

const isWithin = (path: string, room: string) => path === room || path.startsWith(`${room}/`);

function roomOf(path: string): string {
  const [room] = Object.keys(ROOMS)
    .filter((each) => isWithin(path, each))
    .sort((a, b) => b.length - a.length);
  if (!room) throw new Error(`${path} is not in a room: add its folder and allowed imports to ROOMS`);
  return room;
}

/** Paths without extension → the own files that they import, types included. */
function importsOf(folders: readonly string[]): Map<string, string[]> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name.slice(0, -".ts".length)}`),
  );
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(ROOT, `${file}.ts`), "utf8"));
      const own = importedFiles.filter(({ fileName }) => fileName.startsWith("."));
      const targets = own.map(({ fileName }) => relative(ROOT, resolve(ROOT, file, "..", fileName)));
      return [file, targets.map((target) => (known.has(target) ? target : `${target}/index`))] as const;
    }),
  );
}

function forbidden(imports: ReadonlyMap<string, readonly string[]>): string[] {
  return [...imports].flatMap(([file, targets]) => {
    const room = roomOf(file);
    const allowed = [room, ...(ROOMS[room] ?? [])];
    return targets.filter((target) => !allowed.some((each) => isWithin(target, each))).map((to) => `${file} → ${to}`);
  });
}

/** Files that import each other, as paths back to the first. */
function cycles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(" → "));
    if (path.includes(file) || done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

const IMPORTS = importsOf(["formats", "provider", "sdk", "cli", "testing"]);

test("each room imports only the rooms that it may", () => {
  expect(forbidden(IMPORTS)).toEqual([]);
});

test("no files import each other, types included", () => {
  expect(cycles(IMPORTS)).toEqual([]);
});

test("only the server for assistants uses its SDK, which is an optional package", () => {
  const files = ["formats", "provider", "sdk", "cli", "testing"].flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: "utf8" }).map((name) => `${room}/${name}`),
  );
  const isUser = (file: string) => readFileSync(join(ROOT, file), "utf8").includes('"@modelcontextprotocol/');
  expect(files.filter((file) => file.endsWith(".ts") && isUser(file))).toEqual(["cli/mcp/sdk.ts"]);
});

test("finds an import of a forbidden room and of a room that is not known", () => {
  expect(forbidden(new Map([["formats/urn", ["cli/index"]]]))).toEqual(["formats/urn → cli/index"]);
  expect(() => forbidden(new Map([["newRoom/file", []]]))).toThrow("newRoom/file is not in a room");
});

test("finds a cycle of three files", () => {
  const imports = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["a"]],
  ]);
  expect(cycles(imports)).toEqual(["a → b → c → a"]);
});
