/** When the model catalog is asked, and what is concluded from it. */
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
  ["neither is there", null, null],
  ["both are the same", ["c/plain"], ["c/plain"]],
])("asks no catalog when %s", async (_title, declared, stored) => {
  const fake = scripted();
  expect(await resolveCanonicalNames(fake.api, declared, stored, {})).toEqual({});
  expect(fake.sent).toEqual([]);
});

test("asks no catalog when the spellings known so far explain what is stored", async () => {
  const fake = scripted();
  const known = { "a/one": "a/one-2026" };
  expect(await resolveCanonicalNames(fake.api, ["a/one"], ["a/one-2026"], known)).toBe(known);
});

test.each([
  ["a name that is stored under its canonical one", ["a/one"], ["a/one-2026", "x/y"], { "a/one": "a/one-2026" }],
  ["no name whose canonical one is not stored", ["a/one", "b/two"], ["b/two-2026"], { "b/two": "b/two-2026" }],
  ["no name that is stored as it is", ["a/one", "c/plain"], ["a/one", "a/one-2026"], {}],
  ["no name without another form", ["c/plain", "not/known"], ["x/y"], {}],
])("infers %s", async (_title, declared, stored, inferred) => {
  expect(await resolveCanonicalNames(scripted(catalog).api, declared, stored, {})).toEqual(inferred);
});

test("adds to the spellings known so far", async () => {
  const { api } = scripted(catalog);
  const known = { "a/one": "a/one-2026" };
  expect(await resolveCanonicalNames(api, ["a/one", "b/two"], ["a/one-2026", "b/two-2026"], known)).toEqual({
    ...known,
    "b/two": "b/two-2026",
  });
});

test("suggests a model only for a name that is near to one, also when the refusal names it", async () => {
  const refused = () => Promise.reject(new ApiError(OPERATION, 400, "unknown model b/tow"));
  const near = await failureOf(explainUnknownModels(scripted(catalog).api, ["a/one", "b/tow"], refused()));
  expect(near.message).toContain("no model b/tow (did you mean b/two?).");
  const far = await failureOf(explainUnknownModels(scripted(catalog).api, ["a/one", "not/known"], refused()));
  expect(far.message).toContain("no model not/known. Take");
});

test("leaves a refusal as it is, and asks no catalog, when no model was sent", async () => {
  const fake = scripted();
  const refused = new ApiError(OPERATION, 400, "Invalid request parameters");
  expect(await failureOf(explainUnknownModels(fake.api, [], Promise.reject(refused)))).toBe(refused);
  expect(fake.sent).toEqual([]);
});

test("names every model that the catalog does not have when the refusal names none", async () => {
  const refused = new ApiError(OPERATION, 400, "Invalid request parameters");
  const names = ["a/one", "not/known", "b/two-2026", "nor/this:free"];
  const error = await failureOf(explainUnknownModels(scripted(catalog).api, names, Promise.reject(refused)));
  expect(error).toBeInstanceOf(PreconditionError);
  expect(error.message).toContain("no model not/known, nor/this:free.");
});
