/** Pulumi's provider protocol. Its modules come from the installed SDK, so that a program needs no second copy of gRPC. */
import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";
import type * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import type * as service from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as messages from "@pulumi/pulumi/proto/provider_pb";
import type * as status from "@pulumi/pulumi/proto/status_pb";
import type * as anyMessage from "google-protobuf/google/protobuf/any_pb";
import type * as empty from "google-protobuf/google/protobuf/empty_pb";
import type * as struct from "google-protobuf/google/protobuf/struct_pb";
import type { Values } from "../../formats/values";

export interface Protocol {
  grpc: typeof grpc;
  messages: typeof messages;
  plugin: typeof plugin;
  service: typeof service;
  status: typeof status;
  any: typeof anyMessage;
  empty: typeof empty;
  struct: typeof struct;
}

/** @param require Of a module that can resolve `@pulumi/pulumi`. */
export function loadProtocol(require: NodeJS.Require): Protocol {
  // In a strict node_modules layout only the SDK can resolve its own dependencies.
  const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
  return {
    grpc: fromSdk("@grpc/grpc-js"),
    messages: fromSdk("./proto/provider_pb"),
    plugin: fromSdk("./proto/plugin_pb"),
    service: fromSdk("./proto/provider_grpc_pb"),
    status: fromSdk("./proto/status_pb"),
    any: fromSdk("google-protobuf/google/protobuf/any_pb.js"),
    empty: fromSdk("google-protobuf/google/protobuf/empty_pb.js"),
    struct: fromSdk("google-protobuf/google/protobuf/struct_pb.js"),
  };
}

/** The values of a message; empty where the engine sends none, as at a create and an import. */
export function fromStruct(message: struct.Struct | undefined): Values {
  return (message?.toJavaScript() ?? {}) as Values;
}
