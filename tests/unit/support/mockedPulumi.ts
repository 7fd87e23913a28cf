import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

/** A registration, or a read of `get`, as the engine would receive it. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  id?: string | undefined;
  secretOutputs: string[];
  aliases: { urn: string; spec?: { name: string; type: string; parenturn: string; noparent: boolean } | undefined }[];
}

/** A program run without an engine: `registered` fills with what its resources ask for. */
export function mockedProgram(): { registered: Registered[]; directory: string } {
  const registered: Registered[] = [];
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-openrouter-unit-"));
  let asked: Pick<Registered, "secretOutputs" | "aliases"> = { secretOutputs: [], aliases: [] };
  // The mocks don't hand on these parts of a request.
  const register = MockMonitor.prototype.registerResource;
  jest.spyOn(MockMonitor.prototype, "registerResource").mockImplementation(async function (
    this: MockMonitor,
    req,
    done,
  ) {
    asked = {
      secretOutputs: req.getAdditionalsecretoutputsList(),
      aliases: req.getAliasesList().map((alias: { toObject(): Registered["aliases"][number] }) => alias.toObject()),
    };
    await register.call(this, req, done);
  });
  jest.spyOn(process, "cwd").mockReturnValue(directory);
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        registered.push({ type, name, inputs, id, ...asked });
        return { id: id || `${name}-id`, state: { ...inputs, key: "sk-or-v1-made" } };
      },
      call: ({ inputs }) => inputs,
    },
    "shop",
    "prod",
  );
  return { registered, directory };
}

/** Puts the package where a program in this directory finds it. */
export function installIn(directory: string): void {
  const home = path.join(directory, "node_modules", "pulumi-openrouter");
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(path.join(home, "dynamic.js"), "");
  fs.writeFileSync(
    path.join(home, "package.json"),
    JSON.stringify({ name: "pulumi-openrouter", exports: { "./dynamic": "./dynamic.js" } }),
  );
}

export function removeProgram(directory: string): void {
  jest.restoreAllMocks();
  fs.rmSync(directory, { recursive: true, force: true });
}

/** The value of an output, once it is known. */
export function known<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => {
    output.apply((value) => resolve(value as Value));
  });
}
