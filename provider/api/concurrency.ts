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
  /** How many had been sent at the last cut: of those, further 429s say nothing new. */
  private sentAtCut = 0;
  private readonly waiting: (() => void)[] = [];

  /** Sends when there is room, or when it is too late to wait any longer. */
  async run<Answer extends { status: number }>(deadline: number, send: () => Promise<Answer>): Promise<Answer> {
    while (this.underWay + 1 > this.most && Date.now() < deadline) await this.room(deadline);
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

  private room(deadline: number): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, deadline - Date.now()).unref();
      this.waiting.push(() => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  private learn(status: number, number: number): void {
    if (status < 400) {
      this.most = Math.min(this.most + 1 / this.most, MOST);
    } else if (status === 429 && number > this.sentAtCut) {
      this.most = Math.max(Math.floor(this.underWay / 2), 1);
      this.sentAtCut = this.sent;
    }
  }
}
