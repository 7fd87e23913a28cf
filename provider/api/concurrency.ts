/**
 * How many requests of a process may be under way at a time: as many as the engine's parallelism brings, until the API
 * answers 429. Then half of what was under way, and slowly more again while the answers are good.
 */
const MOST = 64;

export class Concurrency {
  /** Grows by parts of one. */
  private most = MOST;
  private underWay = 0;
  private sent = 0;
  /** Requests sent before this many were under way together with one that was refused, which counts once. */
  private sentAtCut = 0;
  private readonly waiting: (() => void)[] = [];

  /** Sends when there is room. */
  async run<Answer extends { status: number }>(send: () => Promise<Answer>): Promise<Answer> {
    while (this.underWay + 1 > this.most) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const number = ++this.sent;
    this.underWay++;
    try {
      const answer = await send();
      this.learn(answer.status, number);
      return answer;
    } finally {
      this.underWay--;
      // All look for themselves: there may be room for more than one, or for none.
      for (const look of this.waiting.splice(0)) look();
    }
  }

  private learn(status: number, number: number): void {
    if (status !== 429) {
      this.most = Math.min(this.most + 1 / this.most, MOST);
    } else if (number > this.sentAtCut) {
      this.most = Math.max(Math.floor(this.underWay / 2), 1);
      this.sentAtCut = this.sent;
    }
  }
}
