/**
 * Reads that share requests. A refresh asks for one object at a time, and one page of a list tells of a hundred.
 *
 * How many objects will be asked for and how long the list is shows only on the way. So two ways take turns: one object
 * by itself, then one page of the list, and again; what a page shows is kept for whoever asks later. Whichever way alone
 * would have been the cheaper one, this takes at most twice its requests.
 *
 * What was read is good until this process writes something (`Session.reads` is emptied then): a process lives for one
 * operation of Pulumi, so nothing it has read is older than that. What the list does not show is looked at by itself
 * before it is called gone, and who asks twice for the same object gets a new look.
 */
import type { Api } from "../api/client";
import { failureOf } from "../api/errors";
import type { Page } from "../api/pages";
import type { Session } from "./lifecycle";

export interface Source<Row> {
  idOf(row: Row): string;
  /** What can be read by itself: the object, or the assignments of one guardrail. */
  groupOf(id: string): string;
  /** A page of a group, which mostly has one. An id that is on none of them does not exist. */
  readGroup(api: Api, group: string, offset: number): Promise<Page<Row>>;
  /** A page of the list that has every group. */
  readPage(api: Api, offset: number): Promise<Page<Row>>;
}

interface Reader<Row> {
  api: Api;
  id: string;
  resolve(row: Row | undefined): void;
  reject(error: unknown): void;
}

export class SharedReads<Row> {
  /** What was read and may be asked for. */
  private readonly rows = new Map<string, Row>();
  private readonly nextOf = new Map<string, number | "ended">();
  private readonly asked = new Set<string>();
  /** Who waits, by group. */
  private readonly readers = new Map<string, Reader<Row>[]>();
  private readonly groupsUnderWay = new Set<string>();
  /** Requests that each of the two ways has taken. */
  private spentOnGroups = 0;
  private spentOnPages = 0;
  private next: number | "under way" | "ended" = 0;

  constructor(private readonly source: Source<Row>) {}

  /** Undefined when there is no such object. */
  async read(api: Api, id: string): Promise<Row | undefined> {
    const group = this.source.groupOf(id);
    if (this.asked.has(id)) return this.readAnew(api, group, id);
    this.asked.add(id);
    if (this.rows.has(id) || this.nextOf.get(group) === "ended") return this.rows.get(id);
    return new Promise((resolve, reject) => {
      this.readers.set(group, [...(this.readers.get(group) ?? []), { api, id, resolve, reject }]);
      this.proceed();
    });
  }

  /** Sends what the turns allow; each answer calls it again. */
  private proceed(): void {
    for (const [group, [reader]] of this.readers) {
      if (!reader || this.groupsUnderWay.has(group)) continue;
      // A group that was begun is read on: the rest of it is cheaper there than among all others.
      if (this.next === "ended" || this.nextOf.has(group) || this.spentOnGroups <= this.spentOnPages) {
        void this.readGroup(reader.api, group);
      } else {
        if (this.next !== "under way" && this.spentOnPages < this.spentOnGroups)
          void this.readPage(reader.api, this.next);
        return;
      }
    }
  }

  private async readGroup(api: Api, group: string): Promise<void> {
    this.groupsUnderWay.add(group);
    try {
      let offset = this.nextOf.get(group) ?? 0;
      while (offset !== "ended" && this.readers.has(group)) {
        this.spentOnGroups++;
        const { rows, next } = await this.source.readGroup(api, group, offset);
        offset = next ?? "ended";
        this.nextOf.set(group, offset);
        this.answer(rows);
      }
      if (offset === "ended") for (const { resolve } of this.take(group)) resolve(undefined);
    } catch (error) {
      for (const reader of this.take(group)) reader.reject(failureOf(reader.api.operation, error));
    }
    this.groupsUnderWay.delete(group);
    this.proceed();
  }

  /** A list that can't be read is no failure: each object can be read by itself. */
  private async readPage(api: Api, offset: number): Promise<void> {
    this.next = "under way";
    try {
      const { rows, next } = await this.source.readPage(api, offset);
      this.spentOnPages++;
      this.next = next ?? "ended";
      this.answer(rows);
    } catch {
      this.next = "ended";
    }
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

  private async readAnew(api: Api, group: string, id: string): Promise<Row | undefined> {
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const page: Page<Row> = await this.source.readGroup(api, group, offset);
      const row = page.rows.find((each) => this.source.idOf(each) === id);
      if (row !== undefined) return row;
      offset = page.next;
    }
    return undefined;
  }

  private take(group: string): Reader<Row>[] {
    const readers = this.readers.get(group) ?? [];
    this.readers.delete(group);
    return readers;
  }
}

/** A group of one object, or of none. */
export function only<Row>(row: Row | undefined): Page<Row> {
  return { rows: row === undefined ? [] : [row], next: undefined };
}

/** The shared reads of a place of the account, as long as nothing is written. */
export function sharedReads<Row>(session: Session, place: string, source: Source<Row>): SharedReads<Row> {
  const known = session.reads.get(place) as SharedReads<Row> | undefined;
  if (known) return known;
  const made = new SharedReads(source);
  session.reads.set(place, made);
  return made;
}
