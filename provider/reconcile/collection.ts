import type { Api } from "../api/call";
import type { Page } from "../api/pages";
import { type Age, untilFound, untilVisible } from "./fresh";
import { type Context, ignoreNotFound } from "./lifecycle";
import { type Source, sharedReads } from "./sharedReads";

/** What every object of a collection has. */
export interface Named {
  name: string;
  createdAt: string | null;
}

/** The objects of one kind in the account, and the calls for them: all that this folder knows about a kind. */
export interface Collection<Live extends Named> {
  /** The API's word for them: `keys`. */
  name: string;
  /** One of them in a sentence: `key`. */
  noun: string;
  idOf(live: Live): string;
  /** @throws NotFoundError */
  read(api: Api, id: string): Promise<Live>;
  /** @throws NotFoundError */
  remove(api: Api, id: string): Promise<void>;
  /** A page of the objects of a workspace; without one, of the default workspace. */
  readPage(api: Api, workspaceId: string | undefined, offset: number): Promise<Page<Live>>;
  /** All of them, disabled and expired ones too. */
  list(api: Api, workspaceId: string | undefined): Promise<Live[]>;
  /** The newest of them: one page where the order is documented, else all. */
  listNewest(api: Api, workspaceId: string | undefined): Promise<Live[]>;
}

/** A collection whose objects can be changed. */
export interface EditableCollection<Live extends Named, Fields extends object> extends Collection<Live> {
  /**
   * @param changed The fields to write.
   * @param desired All of them: some must be sent together.
   * @throws NotFoundError
   */
  update(api: Api, id: string, changed: Partial<Fields>, desired: Fields): Promise<Live>;
  /** By field: what to do if the API accepts it but does not apply it. */
  advice?: Readonly<Partial<Record<keyof Fields, string>>>;
}

/**
 * Reads an object. Undefined if there is no such object.
 * @param olds What the state has of it. Reads of one workspace then share their requests.
 */
export function observe<Live extends Named>(
  context: Context,
  collection: Collection<Live>,
  id: string,
  olds: { workspaceId?: string } | undefined,
): Promise<Live | undefined> {
  return untilFound(context, { id }, () =>
    olds ? readShared(context, collection, olds.workspaceId, id) : ignoreNotFound(collection.read(context.api, id)),
  );
}

/** @throws NotFoundError */
export function remove<Live extends Named>(context: Context, collection: Collection<Live>, age: Age): Promise<void> {
  return untilVisible(context, age, () => collection.remove(context.api, age.id));
}

function readShared<Live extends Named>(
  { api, session }: Context,
  collection: Collection<Live>,
  workspaceId: string | undefined,
  id: string,
): Promise<Live | undefined> {
  const source: Source<Live> = {
    idOf: collection.idOf,
    groupOf: (its) => its,
    readGroup: async (its, group) => {
      const live = await ignoreNotFound(collection.read(its, group));
      return { rows: live ? [live] : [], next: undefined };
    },
    readPage: (its, offset) => collection.readPage(its, workspaceId, offset),
  };
  return sharedReads(session, `${collection.name} of ${workspaceId}`, source).read(api, id);
}
