import type { Api } from "../api/call";
import type { Page } from "../api/pages";
import { withOperation } from "../errors";
import type { Session } from "./lifecycle";

/** Objects in groups, and one list of all groups. A key or guardrail is its own group; assignments are grouped by guardrail. */
export interface Source<Row> {
  idOf(row: Row): string;
  groupOf(id: string): string;
  /** A page of a group. An id that is on no page does not exist. */
  readGroup(api: Api, group: string, offset: number): Promise<Page<Row>>;
  /** A page of the list of all groups. */
  readPage(api: Api, offset: number): Promise<Page<Row>>;
}

/** How long a read waits for a page of the list before it reads its own group instead. */
const PAGE_TIMEOUT_MS = 10_000;

/**
 * Reads that share requests: at most twice as many as the cheaper of two ways, each group separately or the whole list.
 * Neither the number of reads to come nor the length of the list is known. So a page of the list is read only while the
 * pages read so far are fewer than the groups asked for, or than the requests spent on groups; otherwise the group
 * itself is read.
 */
export class SharedReads<Row> {
  private readonly rows = new Map<string, Row>();
  private readonly answered = new Set<string>();
  /** By group, the pages of a first and of a second pass. */
  private readonly groups = new Map<string, [Pages<Row>, Pages<Row>]>();
  private readonly list: Pages<Row>;

  constructor(private readonly source: Source<Row>) {
    this.list = new Pages(source.readPage, this.rows, source.idOf);
  }

  /** Undefined if there is no such object. A second read of an object fetches it again. */
  async read(api: Api, id: string): Promise<Row | undefined> {
    const name = this.source.groupOf(id);
    const [first, second] = this.groups.get(name) ?? [this.group(name), this.group(name)];
    this.groups.set(name, [first, second]);
    try {
      if (this.answered.has(id)) {
        this.rows.delete(id);
        await this.group(name).readAll(api);
      } else await this.find(api, id, first);
      // A removal moves rows to a page that was read before, so a row that was on none of several pages may still
      // exist.
      if (!this.rows.has(id) && first.count > 1) await second.readAll(api);
    } catch (error) {
      throw withOperation(api.operation, error);
    }
    this.answered.add(id);
    return this.rows.get(id);
  }

  private async find(api: Api, id: string, group: Pages<Row>): Promise<void> {
    while (!this.rows.has(id)) {
      if (this.isListNext()) await this.list.tryNext(api);
      else if (group.next !== undefined) await group.readNext(api);
      else return;
    }
  }

  /** For a single group the list of all has no advantage. */
  private isListNext(): boolean {
    const { next, isLate, count } = this.list;
    const spent = [...this.groups.values()].reduce((sum, [pages]) => sum + Math.max(1, pages.count), 0);
    return next !== undefined && !isLate && this.groups.size > 1 && count < spent;
  }

  private group(name: string): Pages<Row> {
    return new Pages((api, offset) => this.source.readGroup(api, name, offset), this.rows, this.source.idOf);
  }
}

/** Pages that are read one after the other into shared rows. All readers share the request in flight. */
class Pages<Row> {
  /** Offset; undefined after the last page. */
  next: number | undefined = 0;
  count = 0;
  isLate = false;
  private inFlight: Promise<void> | undefined;

  constructor(
    private readonly readPage: (api: Api, offset: number) => Promise<Page<Row>>,
    private readonly rows: Map<string, Row>,
    private readonly idOf: (row: Row) => string,
  ) {}

  readNext(api: Api): Promise<void> {
    this.inFlight ??= this.request(api).finally(() => {
      this.inFlight = undefined;
      this.isLate = false;
    });
    return this.inFlight;
  }

  async readAll(api: Api): Promise<void> {
    while (this.next !== undefined) await this.readNext(api);
  }

  /** Stops waiting after a while, but the page is used when it arrives. A list that can't be read ends. */
  async tryNext(api: Api): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PAGE_TIMEOUT_MS);
    }).then(() => {
      this.isLate = true;
    });
    const page = this.readNext(api).catch(() => {
      this.next = undefined;
    });
    await Promise.race([page, late]);
    clearTimeout(timer);
  }

  private async request(api: Api): Promise<void> {
    const { rows, next } = await this.readPage(api, this.next ?? 0);
    this.count++;
    this.next = next;
    for (const row of rows) this.rows.set(this.idOf(row), row);
  }
}

/** The shared reads of one list of the account. Every write clears them. */
export function sharedReads<Row>(session: Session, list: string, source: Source<Row>): SharedReads<Row> {
  const reads = (session.reads.get(list) as SharedReads<Row> | undefined) ?? new SharedReads(source);
  session.reads.set(list, reads);
  return reads;
}
