import { afterAll, beforeAll, expect, test } from "vitest";
import { startCli } from "../../builders/command-line.ts";
import { type Office, startOffice } from "../../builders/office.ts";

let office: Office;
beforeAll(async () => {
  office = await startOffice({ crms: ["hubspot"] });
}, 30_000);
afterAll(() => office.close());

async function cli(...args: readonly string[]) {
  const { code, stdout, stderr } = await startCli([...args, "--json"], {
    CALLLEDGER_DATA: `${office.dataDir}/data`,
  }).finished;
  return { code, answer: JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}"), stderr };
}

test(
  "the command line tells how far the copy is, tests a number, corrects a call and takes it back",
  { timeout: 90_000 },
  async () => {
    const [hubspot] = office.crms;
    if (hubspot === undefined) throw new Error("there is no HubSpot");
    const first = await hubspot.person("Alice Example", "+442079460958");
    const second = await hubspot.person("Bob Example", "020 7946 0959");
    expect(await cli("mirror", "status", "1")).toMatchObject({
      code: 0,
      answer: { state: "never", records: 0, phones: 0, cursor: null },
    });
    const synced = await cli("mirror", "sync", "1");
    expect(synced).toMatchObject({ code: 0, answer: { state: "complete", records: 2, phones: 2, cursor: null } });
    expect(synced.stderr).toContain("2 people, 0 companies");
    const tested = await cli("match", "test", "+442079460958", "--integration", "1");
    expect(tested).toMatchObject({
      code: 0,
      answer: { number: "+442079460958", trials: [{ outcome: "matched", rule: "only_one", person: { id: first } }] },
    });
    expect(tested.stderr).toContain("only one: the only record with this number (phone) (decides)");
    expect(await cli("match", "test", "+442079460999")).toMatchObject({ answer: { trials: [{ outcome: "held" }] } });
    expect(await cli("match", "test", "nobody")).toMatchObject({ code: 2 });
    const [seconds] = await office.importCalls(["+442079460958"]);
    await office.sync();
    const at = ["--integration", "1"];
    const set = await cli("match", "set", `C-${seconds}`, ...at, "--person", `contacts:${second}`, "--rule", "--past");
    expect(set).toMatchObject({ code: 0, answer: { changed: 1, person: { name: "Bob Example" } } });
    await office.sync();
    expect(await hubspot.linksOf(seconds ?? 0)).toEqual([second]);
    expect(await cli("match", "undo", `C-${seconds}`, ...at)).toMatchObject({ code: 0, answer: { changed: 1 } });
    await office.sync();
    expect(await hubspot.linksOf(seconds ?? 0)).toEqual([first]);
    expect(await cli("match", "set", `C-${seconds}`, ...at, "--person", "51")).toMatchObject({ code: 2 });
    expect(await cli("mirror", "status", "7")).toMatchObject({ code: 2 });
  },
);

test(
  "the command line lists the house's own numbers and takes what a person says of them",
  { timeout: 90_000 },
  async () => {
    const number = "+442079460958";
    const said = await cli("numbers", "say", number, "--tenant", "acme", "--own");
    expect(said.answer["numbers"]).toContainEqual({ number, calls: 0, isOwn: true, said: true });
    const tested = await cli("match", "test", number, "--integration", "1");
    expect(tested).toMatchObject({ answer: { trials: [{ outcome: "unlinked", rule: "own_number" }] } });
    expect(await cli("numbers", "say", number, "--tenant", "acme", "--forget")).toMatchObject({ code: 0 });
    const listed = await cli("numbers", "list", "--tenant", "acme");
    expect(listed.answer["numbers"]).toContainEqual({ number, calls: 0, isOwn: false, said: null });
    expect(await cli("numbers", "say", number, "--tenant", "acme")).toMatchObject({ code: 2 });
    expect(await cli("numbers", "say", "12", "--tenant", "acme", "--own")).toMatchObject({ code: 2 });
    expect(await cli("numbers", "list", "--tenant", "nobody")).toMatchObject({ code: 2 });
    const { entries } = await office.call("audit:search", { text: "number.say", limit: 10 });
    expect(entries.map(({ summary }) => summary)).toHaveLength(2);
    const status = await cli("status");
    expect(status.answer).toMatchObject({
      integrations: [{ mirror: { state: "complete", freshAsOf: expect.any(String) } }],
    });
    expect(status.stderr).toContain("Copy of its people: up to date");
  },
);
