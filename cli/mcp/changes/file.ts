/** The files whose change an assistant may propose, and the few whose change it may preview. */
import { parse } from "yaml";
import { UsageError } from "../../shared/terminal";
import { projectFile, readProjectFile } from "../projectFiles";
import type { SessionOptions } from "../session";
import { applyEdits, type Edit, plainYaml } from "./edits";

export interface EditedFile {
  /** Relative to the project. */
  name: string;
  kind: "configuration" | "budgets" | "program";
  before: string;
  after: string;
}

const CONFIGURATION = /^Pulumi\.[\w-]+\.yaml$/;
const PROGRAM = /^(?!.*node_modules)[\w@-][\w@./-]*\.[cm]?[jt]s$/;

/** @throws UsageError */
export function editFile({ cwd, budgets = [] }: SessionOptions, file: string, edits: readonly Edit[]): EditedFile {
  const kind = kindOf(file, budgets);
  const found = projectFile(cwd, file, /./);
  const before = readProjectFile(found);
  const after = applyEdits(before, edits);
  if (after === before) throw new UsageError("the file is like this already");
  if (kind !== "program") plainYaml(after);
  if (kind === "configuration") requireOwnSettings(projectName(cwd), edits);
  return { name: found.name, kind, before, after };
}

function kindOf(file: string, budgets: readonly string[]): EditedFile["kind"] {
  if (CONFIGURATION.test(file)) return "configuration";
  if (budgets.includes(file)) return "budgets";
  if (PROGRAM.test(file)) return "program";
  throw new UsageError(
    "file: pass the configuration of a stack (Pulumi.<stack>.yaml), a program file (.ts, .js), or a YAML file that the " +
      `user named with --budgets${budgets.length > 0 ? ` (${budgets.join(", ")})` : ""}`,
  );
}

/**
 * Only values of the project's own settings. Others steer providers and credentials: `openrouter:baseUrl` would send the
 * management key to another server.
 */
function requireOwnSettings(project: string, edits: readonly Edit[]): void {
  for (const edit of edits) {
    if ("find" in edit) throw new UsageError("edits: in the configuration of a stack, pass path and value");
    if (edit.path.includes("secure"))
      throw new UsageError("path: a secret is changed with `pulumi config set --secret`");
    const [section, name] = edit.path;
    const [namespace, own] = String(name).split(":");
    if (section === "config" && (own === undefined || namespace === project) && name !== undefined) continue;
    throw new UsageError(`path: only ["config", "${project}:…"] can be changed, the settings of the project itself`);
  }
}

function projectName(cwd: string | undefined): string {
  const { name }: { name?: unknown } = parse(readProjectFile(projectFile(cwd, "Pulumi.yaml", /./))) ?? {};
  if (typeof name === "string") return name;
  throw new UsageError("Pulumi.yaml of the project has no name");
}
