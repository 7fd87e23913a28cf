/** The entry of the bundle that `pulumi plugin install` gets, which brings its own copy of Pulumi's protocol. */
import * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as service from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import * as status from "@pulumi/pulumi/proto/status_pb";
import * as any from "google-protobuf/google/protobuf/any_pb.js";
import * as empty from "google-protobuf/google/protobuf/empty_pb.js";
import * as struct from "google-protobuf/google/protobuf/struct_pb.js";
import { servePlugin } from "../provider/native/index";

servePlugin({ grpc, service, messages, plugin, status, any, empty, struct }, __dirname);
