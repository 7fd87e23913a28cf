/** What a program gets from a look-up that fails. */
import * as pulumi from "@pulumi/pulumi";
import { getKey } from "../../sdk/native/index";

test("fails with the provider's message alone, as with the dynamic provider", async () => {
  const message = 'look up an inference key with the name "ci": this account has none. Check the name.';
  jest
    .spyOn(pulumi.runtime, "invoke")
    .mockRejectedValue(new Error(`invocation of openrouter:index:getKey returned an error: ${message}`));
  await expect(getKey({ name: "ci" })).rejects.toMatchObject({ message, stack: "" });
});
