/** A process that is killed at one of its calls: what it was about ends there, and nothing of it goes on. */
import { Concurrency } from "../../../provider/api/concurrency";
import type { When } from "../../../testing/simulator/index";

/** At the n-th call, before it is sent or once it had its effect. */
export interface Kill {
  nth: number;
  when: When;
}

export class UntilKilled extends Concurrency {
  private calls = 0;
  private last: Promise<unknown> | undefined;
  private kill: () => void = () => {};
  /** Resolves if it comes to the call. */
  readonly killed = new Promise<void>((resolve) => {
    this.kill = resolve;
  });

  constructor(private readonly at: Kill) {
    super();
  }

  override async run<Answer extends { status: number }>(deadline: number, send: () => Promise<Answer>) {
    if (++this.calls < this.at.nth) return super.run(deadline, send);
    this.last ??= this.at.when === "after commit" ? super.run(deadline, send).catch(() => {}) : Promise.resolve();
    await this.last;
    this.kill();
    return new Promise<never>(() => {});
  }
}
