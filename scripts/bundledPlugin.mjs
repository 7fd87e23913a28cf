// The entry of the bundle that `pulumi plugin install` gets, which brings its own copy of Pulumi's protocol.
import * as grpc from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import service from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { servePlugin } from "../dist/provider/native/index.js";

servePlugin({ grpc, service, messages, plugin, status, any, empty, struct }, __dirname);
