import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import { secret, type Values } from "../../formats/values";
import { Passphrase } from "./passphrase";
import type { StackConfig } from "./stack";

/** The settings of Pulumi.yaml that this engine supports. */
export interface Project {
  name: string;
  /** Directory of Pulumi.yaml. */
  root: string;
  /** Directory in which the program and its provider run. */
  directory: string;
  /** The module to load there: `.` is the package itself. */
  entry: string;
  typescript: boolean;
  nodeArgs: string[];
  refreshAlways: boolean;
  /** The folders of provider plugins, by package. */
  plugins: ReadonlyMap<string, string>;
}

interface ProjectFile {
  name?: string;
  runtime?: string | { name?: string; options?: { typescript?: boolean; nodeargs?: string } };
  main?: string;
  options?: { refresh?: string };
  plugins?: { providers?: { name?: string; path?: string }[] };
}

export async function readProject(root: string): Promise<Project> {
  const file: ProjectFile = parse(await readFile(path.join(root, "Pulumi.yaml"), "utf8")) ?? {};
  const runtime = typeof file.runtime === "string" ? { name: file.runtime } : (file.runtime ?? {});
  if (file.name === undefined) throw new Error(`${path.join(root, "Pulumi.yaml")} has no name.`);
  if (runtime.name !== "nodejs") throw new Error(`This engine runs nodejs programs, not ${String(runtime.name)}.`);
  const main = path.resolve(root, file.main ?? ".");
  const isFile = (await stat(main)).isFile();
  return {
    name: file.name,
    root: path.resolve(root),
    directory: isFile ? path.dirname(main) : main,
    entry: isFile ? path.basename(main) : ".",
    typescript: runtime.options?.typescript ?? true,
    nodeArgs: runtime.options?.nodeargs?.split(/[\s,]+/).filter(Boolean) ?? [],
    refreshAlways: file.options?.refresh === "always",
    plugins: new Map(
      (file.plugins?.providers ?? []).flatMap(({ name, path: folder }) =>
        name && folder ? [[name, path.resolve(root, folder)]] : [],
      ),
    ),
  };
}

interface StackFile {
  encryptionsalt?: string;
  config?: { [key: string]: unknown };
}

/** Pulumi.<stack>.yaml, with the configuration and the salt of the stack. */
export async function readStackFile(root: string, stack: string): Promise<StackFile> {
  const yaml = await readFile(path.join(root, `Pulumi.${stack}.yaml`), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return parse(yaml) ?? {};
}

/** The configuration of a stack by full key, with wrapped secrets. `overrides` take precedence over the file. */
export async function readConfig(
  project: Project,
  file: StackFile,
  passphrase: string,
  overrides: StackConfig,
): Promise<Values> {
  const config: Values = {};
  for (const [key, value] of Object.entries(file.config ?? {})) {
    const ciphertext = (value as { secure?: unknown } | null)?.secure;
    const name = key.includes(":") ? key : `${project.name}:${key}`;
    if (typeof ciphertext !== "string")
      config[name] = typeof value === "object" ? JSON.stringify(value) : String(value);
    else config[name] = secret((await Passphrase.open(passphrase, file.encryptionsalt)).decrypt(ciphertext));
  }
  for (const [key, value] of Object.entries(overrides)) {
    const name = key.includes(":") ? key : `${project.name}:${key}`;
    config[name] = typeof value === "string" ? value : secret(value.secret);
  }
  return config;
}
