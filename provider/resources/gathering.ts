/**
 * Requests that take many subjects, for operations of one subject each. The engine has as many operations under way as
 * its parallelism allows: once that many are waiting nobody else can come, and until then a few short waits tell
 * whether somebody does.
 *
 * One request of a place is under way at a time, and who comes meanwhile joins the next. So operations that have drifted
 * apart come together again, and N of them take about N / parallelism requests.
 *
 * A request that is refused is divided until only the culprits fail: one bad subject spoils all that go with it.
 */
import type { Api } from "../api/client";
import { failureOf, Refused } from "../api/errors";
import type { Session } from "./lifecycle";

/** Does the work for some subjects, all of different names. Has to be safe to repeat. */
type Work<Result> = (api: Api, subjects: readonly string[]) => Promise<ReadonlyMap<string, Result>>;

interface Member<Result> {
  api: Api;
  subject: string;
  resolve(result: Result | undefined): void;
  reject(error: unknown): void;
}

/** Nobody has come for so many short waits. Many, because a busy machine makes one wait as long as it likes. */
const QUIET_WAITS = 10;
const WAIT_MS = 20;

/** The API names no limit; as many as it has on a page. */
const MOST_SUBJECTS = 100;

/** A request that takes longer than usual does not hold up the next. */
const PATIENCE_MS = 2_000;

export class Gathering<Result> {
  private members: Member<Result>[] = [];
  private sending = false;

  constructor(
    private readonly work: Work<Result>,
    private readonly parallelism: () => number,
  ) {}

  /** What the work had to say of this subject. */
  add(api: Api, subject: string): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      this.members.push({ api, subject, resolve, reject });
      if (!this.sending) void this.sendAll();
    });
  }

  private async sendAll(): Promise<void> {
    this.sending = true;
    while (this.members.length > 0) {
      await this.quiet();
      const members = this.members.splice(0, MOST_SUBJECTS);
      await Promise.race([this.send(members), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())]);
    }
    this.sending = false;
  }

  private async quiet(): Promise<void> {
    for (let before = 0, waits = 0; waits < QUIET_WAITS; waits++) {
      if (this.members.length > before) waits = 0;
      before = this.members.length;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      if (this.members.length >= Math.min(this.parallelism(), MOST_SUBJECTS)) return;
    }
  }

  /** Never fails: each member is told its own outcome. */
  private async send(members: readonly Member<Result>[]): Promise<void> {
    // Who came last has the most time left.
    const last = members.at(-1);
    if (!last) return;
    try {
      const results = await this.work(last.api, [...new Set(members.map(({ subject }) => subject))]);
      for (const { subject, resolve } of members) resolve(results.get(subject));
    } catch (error) {
      if (mayHaveCulprits(error) && members.length > 1) {
        const half = Math.ceil(members.length / 2);
        await this.send(members.slice(0, half));
        await this.send(members.slice(half));
      } else {
        for (const { api, reject } of members) reject(failureOf(api.operation, error));
      }
    }
  }
}

/** Whether some of the subjects may be to blame, and not the rate, the credential or the object they belong to. */
function mayHaveCulprits(error: unknown): boolean {
  return error instanceof Refused && (error.status === 400 || error.status === 403);
}

/** Those that do the same work at the same time. */
export function gathered<Result>(session: Session, place: string, work: Work<Result>): Gathering<Result> {
  const known = session.gatherings.get(place) as Gathering<Result> | undefined;
  if (known) return known;
  const made = new Gathering(work, () => session.parallelism.seen);
  session.gatherings.set(place, made);
  return made;
}
