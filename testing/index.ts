/**
 * For tests: OpenRouter's management API on loopback, and an engine that runs a Pulumi program without the CLI.
 *
 * ```ts
 * const simulator = await startSimulator();
 * const stack = await openLocalStack({
 *   projectDir: "infra",
 *   stack: "test",
 *   stateDir,
 *   passphrase: "test",
 *   env: { OPENROUTER_BASE_URL: simulator.url, OPENROUTER_MANAGEMENT_KEY: simulator.managementKey },
 * });
 * const { ok, summary } = await stack.up();
 * ```
 */
export * from "./engine/index";
export * from "./simulator/index";
