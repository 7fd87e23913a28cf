/** `members` on a simulated account. */
import { membersCommand } from "../../cli/members/command";
import { credentials, eachTestOnASimulator } from "./support/account";
import { type Place, run } from "./support/terminal";

const simulator = eachTestOnASimulator();

const members = (args: readonly string[] = [], place: Place = {}) =>
  run(membersCommand, args, { env: credentials(simulator()), ...place });

function addTeam() {
  const { dashboard } = simulator();
  const { id } = dashboard.addWorkspace({ name: "Research Lab", slug: "research" });
  const ada = dashboard.addMember({ email: "ada@shop.example", first_name: "Ada", last_name: "Byron" }, [id]);
  dashboard.addMember({ email: "grace@shop.example", role: "org:admin" });
  return { id, ada };
}

test("lists the members of the organization with name, email, role and id", async () => {
  const { ada } = addTeam();
  const { out, err, code } = await members();
  expect({ err, code }).toEqual({ err: "", code: 0 });
  const rows = out.trimEnd().split("\n");
  expect(rows.map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ["NAME", "EMAIL", "ROLE"],
    ["Olu Owner", "owner@first.example", "admin"],
    ["Ada Byron", "ada@shop.example", "member"],
    ["unknown", "grace@shop.example", "admin"],
  ]);
  expect(rows[2]).toMatch(new RegExp(`${ada.id}$`));
});

test.each(["Research Lab", "research", "id"])("lists the members of a workspace by %s", async (choice) => {
  const { id, ada } = addTeam();
  const { out, code } = await members(["--workspace", choice === "id" ? id.toUpperCase() : choice, "--json"]);
  expect(code).toBe(0);
  const { command, data } = JSON.parse(out);
  expect(command).toBe("members");
  expect(data).toEqual({
    workspace: { id, name: "Research Lab", slug: "research" },
    members: [
      expect.objectContaining({ email: "owner@first.example", role: "admin" }),
      { id: ada.id, name: "Ada Byron", email: "ada@shop.example", role: "member" },
    ],
  });
  expect(simulator().requests).toHaveLength(3);
});

test("lists the members of a workspace by id when the organization can't be read", async () => {
  const { ada } = addTeam();
  simulator().faults.add({ path: "/organization/members", effect: "status", status: 403 });
  const { out, code } = await members(["--workspace", "research"]);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^unknown +unknown +member +${ada.id}$`, "m"));
});

test("exits with 2 and the candidates when a name means no workspace or several", async () => {
  addTeam();
  simulator().dashboard.addWorkspace({ name: "research", slug: "other" });
  const several = await members(["--workspace", "research"]);
  expect({ code: several.code, out: several.out }).toEqual({ code: 2, out: "" });
  expect(several.err).toMatch(/^"research" means 2 workspaces; pass an id:\n( {2}[0-9a-f-]{36} {2}.*\n){2}$/);
  const none = await members(["--workspace", "nowhere"]);
  expect(none.code).toBe(2);
  expect(none.err).toMatch(/^no workspace of this account has the name, slug or id "nowhere"; it has:\n/);
});

test("says that a personal account has no members", async () => {
  const personal = simulator().addAccount({ personal: true });
  const { out, err, code } = await members([], { env: credentials({ ...simulator(), ...personal }) });
  expect({ out, code }).toEqual({ out: "", code: 2 });
  expect(err).toBe("there are no members to list: this account has no organization (404)\n");
});

test("fits 80 columns and prints no control character, whatever the names are", async () => {
  const { dashboard } = simulator();
  dashboard.addMember({ email: `${"x".repeat(90)}@shop.example`, first_name: "\u001b[31m", last_name: "y".repeat(99) });
  const { out } = await members([], { width: 80 });
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(out).not.toContain("\u001b");
});
