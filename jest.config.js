/**
 * Unit and contract tests run from source; host and engine tests start real processes that load the built package.
 *
 * `npm test` is to be done in three minutes on two cores, and each `up` costs two seconds of processor time. So it takes
 * what proves the most for its time; `npm run test:all` (and CI) takes these as well.
 */
const LONG = [
  "tests/engine/(sets(Edges|Options)|refreshes|options|deletedWith|edges|moves|ignoreChanges|workloadIdentity|secrets|accounts|isolation|mistakes|adopt|adoptCommand|adoptTerraform|lostResponses|pitfalls|replay|converge|accountsCredentials|replace|oneAccount|keysEmergency|nativeSecrets|drift)\\.test\\.ts$",
  "tests/examples/(programs|copied)\\.test\\.ts$",
  "tests/faults/(kill|manyFaults|model)\\.test\\.ts$",
  "tests/docs/testing\\.test\\.ts$",
  "tests/bench/course\\.test\\.ts$",
  "tests/package/(assistant|install|plugin|sdks|types)\\.test\\.ts$",
];

/**
 * Tests of resources that either provider can manage: all that TEST_HOST=native runs. Those it omits choose the provider
 * themselves (native*, real, replay), or manage no resource of this package: they test the engine with a provider of their
 * own, or the demo.
 */
const ON_EITHER_HOST = [
  "**/tests/engine/!(native*|deletedWith|isolation|killed|options|real|replay|secrets).test.ts",
  "**/tests/faults/*.test.ts",
];

module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/tests"],
  testMatch: process.env.TEST_HOST === "native" ? ON_EITHER_HOST : ["**/*.test.ts"],
  globalSetup: "<rootDir>/tests/support/globalSetup.cjs",
  globalTeardown: "<rootDir>/tests/support/globalTeardown.cjs",
  testPathIgnorePatterns: ["/node_modules/", ...(process.env.TEST_ALL ? [] : LONG)],
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: "tsconfig.json", diagnostics: false }] },
  // There to end a test that hangs, and for nothing else: a busy machine may need many times what a quiet one does.
  testTimeout: 300_000,
  maxWorkers: 2,
};
