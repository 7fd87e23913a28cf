/** What may be spent in a UTC day, in total and by each user. It ends at midnight UTC, like OpenRouter's own budgets. */
export class DailyLimit {
  private day = "";
  private total = 0;
  private byUser = new Map<string, number>();

  constructor(
    private readonly limits: { perDayUsd: number; perUserAndDayUsd: number },
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** @param total What was spent today before this process started. */
  start(total: number): void {
    this.beginDay();
    this.total = total;
  }

  /**
   * Counts an estimate before the request is sent, so that parallel requests can't exceed the limit together.
   *
   * @returns A function that replaces the estimate by the cost.
   * @throws Error if it doesn't fit the limits of today
   */
  reserve(user: string, estimateUsd: number): (costUsd: number) => void {
    this.beginDay();
    const ofUser = this.byUser.get(user) ?? 0;
    if (this.total + estimateUsd > this.limits.perDayUsd)
      throw new Error("the daily limit of the application is spent");
    if (ofUser + estimateUsd > this.limits.perUserAndDayUsd) throw new Error(`the daily limit of ${user} is spent`);
    this.add(user, estimateUsd);
    const { day } = this;
    return (costUsd) => {
      if (day === this.day) this.add(user, costUsd - estimateUsd);
    };
  }

  private add(user: string, usd: number): void {
    this.total += usd;
    this.byUser.set(user, (this.byUser.get(user) ?? 0) + usd);
  }

  private beginDay(): void {
    const today = this.now().toISOString().slice(0, 10);
    if (today === this.day) return;
    this.day = today;
    this.total = 0;
    this.byUser.clear();
  }
}
