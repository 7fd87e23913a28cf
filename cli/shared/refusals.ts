import { AuthenticationError } from "../../provider/errors";

/** Requests that the scope of the management key forbids. A 403 for one workspace says nothing about the others. */
export class Refusals {
  readonly errors: AuthenticationError[] = [];

  async unlessRefused<Result>(request: Promise<Result>): Promise<Result | undefined> {
    try {
      return await request;
    } catch (error) {
      if (!(error instanceof AuthenticationError) || error.status !== 403) throw error;
      this.errors.push(error);
      return undefined;
    }
  }

  get messages(): string[] {
    return this.errors.map(({ message }) => message);
  }
}
