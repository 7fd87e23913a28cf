/** Starts the provider as a plugin of Pulumi: prints its port, and serves until the engine stops it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { newProcess } from "../host/process";
import type { Protocol } from "./protocol";
import { type About, serviceOf } from "./server";

export { loadProtocol } from "./protocol";

/** The SDK's own message limit; gRPC's default is 4 MB. */
const OPTIONS = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

/** @param root The folder of the package, with package.json and plugin/schema.json. */
export function servePlugin(protocol: Protocol, root: string): void {
  const { grpc, service } = protocol;
  const about: About = {
    version: JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version,
    schema: () => readFileSync(path.join(root, "plugin/schema.json"), "utf8"),
  };
  const server = new grpc.Server(OPTIONS);
  server.addService(service.ResourceProviderService, serviceOf(protocol, newProcess(process.env), about));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    // Pulumi reads the port from the first line.
    process.stdout.write(`${port}\n`);
  });
}
