/** Which provider manages the resources of a program: Pulumi's dynamic one, or the native plugin of this package. */
import * as pulumi from "@pulumi/pulumi";
import { type Kind, nativeTypeOf, providerOf, typeOf } from "../formats/typeTokens";

type Host = "dynamic" | "native";

let host: Host = "dynamic";

/** For all resources that the program creates from now on. */
export function useNativeHost(): void {
  host = "native";
}

export function isNative(): boolean {
  return host === "native";
}

export interface HostedType {
  type: string;
  /** The type of the same resource with the other host: a program that changes the host keeps its objects. */
  formerType: string;
  /** What the host adds to the inputs. */
  inputs: object;
}

export function hosted(kind: Kind): HostedType {
  const [dynamic, native] = [typeOf(kind), nativeTypeOf(kind)];
  return isNative()
    ? { type: native, formerType: dynamic, inputs: {} }
    : { type: dynamic, formerType: native, inputs: { __provider: providerOf(kind) } };
}

type Aliases = NonNullable<pulumi.ResourceOptions["aliases"]>;

/** A program may rename or move a resource and change the host in one step, so each alias is also one of the former type. */
export function withFormerType({ type, formerType }: HostedType, declared: Aliases = []): Aliases {
  function formerly(alias: pulumi.URN | pulumi.Alias): pulumi.URN | pulumi.Alias {
    return typeof alias === "string"
      ? alias.replace(`${type}::`, `${formerType}::`)
      : { ...alias, type: alias.type ?? formerType };
  }
  const former = declared.map((alias) =>
    pulumi.Output.isInstance(alias) || alias instanceof Promise
      ? pulumi.output<pulumi.URN | pulumi.Alias>(alias).apply(formerly)
      : formerly(alias),
  );
  return [...declared, ...former, { type: formerType }];
}
