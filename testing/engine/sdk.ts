import { createRequire } from "node:module";
import path from "node:path";
import type * as grpc from "@grpc/grpc-js";
import type * as engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as engine from "@pulumi/pulumi/proto/engine_pb";
import type * as providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as provider from "@pulumi/pulumi/proto/provider_pb";
import type * as resourceRpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import type * as resource from "@pulumi/pulumi/proto/resource_pb";
import type * as status from "@pulumi/pulumi/proto/status_pb";
import type * as empty from "google-protobuf/google/protobuf/empty_pb";
import type * as struct from "google-protobuf/google/protobuf/struct_pb";
import type { Values } from "../../formats/values";

/** The program's copy of the Pulumi SDK. The engine must use the protocol of that copy. */
export interface Sdk {
  grpc: typeof grpc;
  engine: typeof engine & typeof engineRpc;
  provider: typeof provider & typeof providerRpc;
  resource: typeof resource & typeof resourceRpc;
  status: typeof status;
  empty: typeof empty;
  struct: typeof struct;
  /** Path of a script of the SDK. */
  script(name: string): string;
}

/** The SDK's own message limit; gRPC's default is 4 MB. */
export const CHANNEL_OPTIONS = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

export function loadSdk(programDir: string): Sdk {
  const fromProgram = createRequire(path.join(programDir, "program.js"));
  let manifest: string;
  try {
    manifest = fromProgram.resolve("@pulumi/pulumi/package.json");
  } catch (cause) {
    throw new Error(`@pulumi/pulumi not found from ${programDir}. Run npm install there.`, { cause });
  }
  // In a strict node_modules layout the program can resolve only its own dependencies, so resolve from the SDK.
  const fromSdk = createRequire(manifest);
  const proto = (name: string) => fromSdk(`./proto/${name}`);
  return {
    grpc: fromSdk("@grpc/grpc-js"),
    engine: { ...proto("engine_pb"), ...proto("engine_grpc_pb") },
    provider: { ...proto("provider_pb"), ...proto("provider_grpc_pb") },
    resource: { ...proto("resource_pb"), ...proto("resource_grpc_pb") },
    status: proto("status_pb"),
    empty: fromSdk("google-protobuf/google/protobuf/empty_pb.js"),
    struct: fromSdk("google-protobuf/google/protobuf/struct_pb.js"),
    script: (name) => fromSdk.resolve(`./${name}`),
  };
}

/** Sets the fields of a message, without those that an older SDK doesn't have. */
export function fill<Message>(sdk: Sdk, message: Message, fields: Record<string, unknown>): Message {
  const setters = message as Record<string, ((value: unknown) => void) | undefined>;
  for (const [field, value] of Object.entries(fields)) {
    const isStruct = typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
    setters[`set${field}`]?.call(message, isStruct ? sdk.struct.Struct.fromJavaScript(value as Values) : value);
  }
  return message;
}

export function fromStruct(message: struct.Struct | undefined): Values {
  return (message?.toJavaScript() ?? {}) as Values;
}
