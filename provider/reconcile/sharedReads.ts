import type { Api } from "../api/call";
import type { Page } from "../api/pages";
import { withOperation } from "../errors";
import { ignoreNotFound, type Session } from "./lifecycle";

export interface Source<Row> {
  idOf(row: Row): string;
  /** What can be read by itself: a key or guardrail is its own group, an assignment is of its guardrail's. */
  groupOf(id: string): string;
  /** A page of a group, which mostly has one. An id that is on none of them does not exist. */
  readGroup(api: Api, group: string, offset: number): Promise<Page<Row>>;
  /** A page of the list that has every group. */
  readPage(api: Api, offset: number): Promise<Page<Row>>;
}

interface Reader<Row> {
  api: Api;
  id: string;
  resolve(row: Row | undefined | Promise<Row | undefined>): void;
  reject(error: unknown): void;
}

/** Nobody waits longer for a page: each object can be read by itself. */
const PATIENCE_MS = 10_000;

export class SharedReads<Row> {
  /** What was read and may be asked for. */
  private readonly rows = new Map<string, Row>();
  private readonly answered = new Set<string>();
  /** Who waits, by group. */
  private readonly readers = new Map<string, Reader<Row>[]>();
  private readonly groupsAsked = new Set<string>();
  private readonly groupsUnderWay = new Set<string>();
  private readonly nextOfGroup = new Map<string, number | "ended">();
  /** Second looks at groups of several pages. */
  private readonly readAgain = new Map<string, Promise<Row[]>>();
  private nextPage: number | "ended" = 0;
  private pageUnderWay = false;
  private pageIsLate = false;
  /** Requests that each of the two ways has taken. */
  private spentOnGroups = 0;
  private spentOnPages = 0;

  constructor(private readonly source: Source<Row>) {}

  /** Undefined when there is no such object. */
  async read(api: Api, id: string): Promise<Row | undefined> {
    const group = this.source.groupOf(id);
    if (this.answered.has(id)) return this.rowIn(await this.wholeGroup(api, group), id);
    const row = this.rows.get(id) ?? (await this.ask(api, group, id));
    this.answered.add(id);
    return row;
  }

  private ask(api: Api, group: string, id: string): Promise<Row | undefined> {
    this.groupsAsked.add(group);
    return new Promise((resolve, reject) => {
      this.readers.set(group, [...(this.readers.get(group) ?? []), { api, id, resolve, reject }]);
      this.proceed();
    });
  }

  /** Sends what the turns allow; each answer calls it again. */
  private proceed(): void {
    for (const [group, [reader]] of this.readers) {
      if (!reader || this.groupsUnderWay.has(group)) continue;
      if (this.isGroupsTurn()) {
        void this.readGroup(group);
      } else {
        if (!this.pageUnderWay && this.spentOnPages < this.spentOnGroups) void this.readPage(reader.api);
        return;
      }
    }
  }

  /** As long as only one group is asked for, the list of all has no advantage. */
  private isGroupsTurn(): boolean {
    if (this.nextPage === "ended" || this.pageIsLate) return true;
    return this.groupsAsked.size === 1 || this.spentOnGroups <= this.spentOnPages;
  }

  private async readGroup(group: string): Promise<void> {
    this.groupsUnderWay.add(group);
    try {
      let offset = this.nextOfGroup.get(group) ?? 0;
      for (let api = this.lastOf(group); api && offset !== "ended" && this.isGroupsTurn(); api = this.lastOf(group)) {
        this.spentOnGroups++;
        const { rows, next } = await this.source.readGroup(api, group, offset);
        const isWhole = offset === 0 && next === undefined;
        offset = next ?? "ended";
        this.nextOfGroup.set(group, offset);
        this.answer(rows);
        if (isWhole) for (const { resolve } of this.take(group)) resolve(undefined);
      }
      // Of several pages each was read when somebody needed it. What was removed in between has moved others to a page
      // that was read before.
      if (offset === "ended") {
        for (const { api, id, resolve } of this.take(group)) resolve(this.secondLook(api, group, id));
      }
    } catch (error) {
      for (const reader of this.take(group)) reader.reject(withOperation(reader.api.operation, error));
    }
    this.groupsUnderWay.delete(group);
    this.proceed();
  }

  /** Who came last has the most time left. */
  private lastOf(group: string): Api | undefined {
    return this.readers.get(group)?.at(-1)?.api;
  }

  private async secondLook(api: Api, group: string, id: string): Promise<Row | undefined> {
    const rows = this.readAgain.get(group) ?? this.wholeGroup(api, group);
    this.readAgain.set(group, rows);
    try {
      return this.rowIn(await rows, id);
    } catch (error) {
      this.readAgain.delete(group);
      throw withOperation(api.operation, error);
    }
  }

  private async wholeGroup(api: Api, group: string): Promise<Row[]> {
    const all: Row[] = [];
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page: Page<Row> = await this.source.readGroup(api, group, offset);
      all.push(...page.rows);
      offset = page.next;
    }
    return all;
  }

  private rowIn(rows: readonly Row[], id: string): Row | undefined {
    return rows.find((row) => this.source.idOf(row) === id);
  }

  /** A list that can't be read is no failure. While a page is late, objects are read by themselves. */
  private async readPage(api: Api): Promise<void> {
    const offset = this.nextPage;
    if (offset === "ended") return;
    this.pageUnderWay = true;
    const patience = setTimeout(() => {
      this.pageIsLate = true;
      this.proceed();
    }, PATIENCE_MS);
    try {
      const { rows, next } = await this.source.readPage(api, offset);
      this.spentOnPages++;
      this.nextPage = next ?? "ended";
      this.answer(rows);
    } catch {
      this.nextPage = "ended";
    }
    clearTimeout(patience);
    this.pageIsLate = false;
    this.pageUnderWay = false;
    this.proceed();
  }

  private answer(rows: readonly Row[]): void {
    for (const row of rows) this.rows.set(this.source.idOf(row), row);
    for (const [group, readers] of this.readers) {
      const left = readers.filter(({ id, resolve }) => {
        const row = this.rows.get(id);
        if (row !== undefined) resolve(row);
        return row === undefined;
      });
      if (left.length > 0) this.readers.set(group, left);
      else this.readers.delete(group);
    }
  }

  private take(group: string): Reader<Row>[] {
    const readers = this.readers.get(group) ?? [];
    this.readers.delete(group);
    return readers;
  }
}

/** Objects that the API gives by their id: each is a group of its own. */
export function objectsById<Row>({
  readOne,
  ...list
}: Pick<Source<Row>, "idOf" | "readPage"> & { readOne(api: Api, id: string): Promise<Row> }): Source<Row> {
  return {
    ...list,
    groupOf: (id) => id,
    async readGroup(api, id): Promise<Page<Row>> {
      const row = await ignoreNotFound(readOne(api, id));
      return { rows: row === undefined ? [] : [row], next: undefined };
    },
  };
}

/** The shared reads of a place of the account, as long as nothing is written. */
export function sharedReads<Row>(session: Session, place: string, source: Source<Row>): SharedReads<Row> {
  const known = session.reads.get(place) as SharedReads<Row> | undefined;
  if (known) return known;
  const made = new SharedReads(source);
  session.reads.set(place, made);
  return made;
}
