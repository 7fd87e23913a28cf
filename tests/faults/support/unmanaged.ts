import type { Simulator } from "../../../testing/simulator/index";
import { defaultName } from "./inProcessStack";

const HOUR_MS = 3_600_000;

/** Unmanaged objects with the default names of the stack: older ones, used ones, ones with other settings. */
export function addUnmanaged({ dashboard, clock, switches }: Simulator, resources: readonly string[]): void {
  const old = new Date(clock.now().getTime() - HOUR_MS);
  for (const resource of resources) {
    const name = defaultName(resource);
    const older = dashboard.createKey({ name }).key;
    const used = dashboard.createKey({ name }).key;
    dashboard.useKey(used.hash, 0.5);
    const other = dashboard.createKey({ name, limit: 77 }).key;
    for (const each of [older, used, other]) each.created_at = old;
    // With unique names, the stack could never create its own guardrail.
    if (switches.duplicateGuardrailNames === "allowed") dashboard.createGuardrail({ name }).created_at = old;
  }
}
