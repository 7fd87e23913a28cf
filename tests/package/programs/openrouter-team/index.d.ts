import * as pulumi from "@pulumi/pulumi";
import * as openrouter from "pulumi-openrouter";

export interface TeamArgs {
  limit: pulumi.Input<number>;
  models?: openrouter.GuardrailArgs["allowedModels"];
}

export declare class Team extends pulumi.ComponentResource {
  readonly key: openrouter.InferenceKey;
  readonly guardrail: openrouter.Guardrail;
  readonly assignment: openrouter.GuardrailKeyAssignment;
  constructor(name: string, args: TeamArgs, opts?: pulumi.ComponentResourceOptions);
}
