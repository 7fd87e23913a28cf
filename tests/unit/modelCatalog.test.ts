/** When the provider reads the model catalog, and which names it infers from it. */
import { ApiError, PreconditionError } from "../../provider/errors";
import { explainUnknownModels, resolveCanonicalNames } from "../../provider/resources/modelNames";
import { OPERATION, scripted } from "./support/fakeApi";
import { failureOf } from "./support/samples";

const row = (id: string, canonical_slug: string | null) => ({ id, canonical_slug });
const catalog = {
  data: [row("a/one", "a/one-2026"), row("b/two", "b/two-2026"), row("c/plain", null)],
  total_count: 3,
};

test.each([
  ["nothing is declared", null, ["a/one-2026"]],
  ["nothing is stored", ["a/one"], null],
  ["nothing is declared or stored", null, null],
  ["both are the same", ["c/plain"], ["c/plain"]],
])("does not read the catalog when %s", async (_title, declared, stored) => {
  const fake = scripted();
  expect(await resolveCanonicalNames(fake.api, declared, stored, {})).toEqual({});
  expect(fake.sent).toEqual([]);
});

test("does not read the catalog when the remembered names explain the stored ones", async () => {
  const fake = scripted();
  const remembered = { "a/one": "a/one-2026" };
  expect(await resolveCanonicalNames(fake.api, ["a/one"], ["a/one-2026"], remembered)).toBe(remembered);
});

test.each([
  ["a name that is stored as its canonical one", ["a/one"], ["a/one-2026", "x/y"], { "a/one": "a/one-2026" }],
  ["no name whose canonical one is not stored", ["a/one", "b/two"], ["b/two-2026"], { "b/two": "b/two-2026" }],
  ["no name that is stored unchanged", ["a/one", "c/plain"], ["a/one", "a/one-2026"], {}],
  ["no name without a canonical one", ["c/plain", "not/known"], ["x/y"], {}],
])("infers %s", async (_title, declared, stored, inferred) => {
  expect(await resolveCanonicalNames(scripted(catalog).api, declared, stored, {})).toEqual(inferred);
});

test("adds to the remembered names", async () => {
  const { api } = scripted(catalog);
  const remembered = { "a/one": "a/one-2026" };
  expect(await resolveCanonicalNames(api, ["a/one", "b/two"], ["a/one-2026", "b/two-2026"], remembered)).toEqual({
    ...remembered,
    "b/two": "b/two-2026",
  });
});

test("suggests a model only for a similar name, even when the rejection names it", async () => {
  const rejection = () => Promise.reject(new ApiError(OPERATION, 400, "unknown model b/tow"));
  const near = await failureOf(explainUnknownModels(scripted(catalog).api, ["a/one", "b/tow"], rejection()));
  expect(near.message).toContain("no model b/tow (did you mean b/two?).");
  const far = await failureOf(explainUnknownModels(scripted(catalog).api, ["a/one", "not/known"], rejection()));
  expect(far.message).toContain("no model not/known. Take");
});

test("passes on a rejection and does not read the catalog when no model was sent", async () => {
  const fake = scripted();
  const rejection = new ApiError(OPERATION, 400, "Invalid request parameters");
  expect(await failureOf(explainUnknownModels(fake.api, [], Promise.reject(rejection)))).toBe(rejection);
  expect(fake.sent).toEqual([]);
});

test("names every model that the catalog does not have when the rejection names none", async () => {
  const rejection = new ApiError(OPERATION, 400, "Invalid request parameters");
  const names = ["a/one", "not/known", "b/two-2026", "nor/this:free"];
  const error = await failureOf(explainUnknownModels(scripted(catalog).api, names, Promise.reject(rejection)));
  expect(error).toBeInstanceOf(PreconditionError);
  expect(error.message).toContain("no model not/known, nor/this:free.");
});
