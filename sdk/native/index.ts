/** The same classes, managed by the native provider: `import * as openrouter from "pulumi-openrouter/native"`. */
import { useNativeHost } from "../host";

useNativeHost();

export * from "../index";
