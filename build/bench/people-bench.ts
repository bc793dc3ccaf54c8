import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { createMirror } from "../../src-main/engine/mirror/mirror.ts";
import { toPhoneKeys } from "../../src-main/engine/mirror/phone-keys.ts";
import { systemClock, systemRandom } from "../../src-main/engine/main.ts";
import { openStore } from "../../src-main/engine/store/open-store.ts";
import { createCrowd } from "./crowd.ts";

export type PeopleAsk = Readonly<{ people: number; rounds: number; scratch: string }>;

export type PeopleResult = Readonly<{
  /** CPU time of one look-up in the mirror, µs, and of one bare search in its index of numbers. */
  lookUpMicros: number;
  searchMicros: number;
  /** CPU time of copying one person, µs: reading the number and storing it. */
  copyMicros: number;
}>;

const lookUps = 10_000;
const perPage = 1_000;

/** CPU time of this process, µs: what other programs on the computer do changes it little. */
function cpuMicros(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** Look-ups by number in a mirror of a seeded crowd, against a bare search of the same index. */
export function measurePeople({ people, rounds, scratch }: PeopleAsk): PeopleResult {
  const crowd = createCrowd({ people, calls: lookUps, seed: 1 });
  const store = openStore({ dataDir: scratch, clock: systemClock, random: systemRandom, mode: "write" });
  const db = new Sqlite(join(scratch, "callledger.db"), { readonly: true });
  try {
    store.tenants.ensure("bench", 0);
    const integration = store.integrations.add(
      {
        tenant: "bench",
        crm: "hubspot",
        label: "Bench",
        baseUrl: null,
        account: null,
        secret: { kind: "keychain" },
        unknownCaller: "hold",
        since: null,
        contract: "",
        settings: { country: "GB" },
      },
      0,
    );
    const { id } = integration;
    store.mirror.beginRound(id, { at: 0, serverAt: 0 });
    store.mirror.openStep(id, "all", 0);
    const copying = cpuMicros(() => {
      for (let from = 0; from < crowd.people.length; from += perPage) {
        const records = crowd.people.slice(from, from + perPage).map(({ name, typed }, index) => {
          const phones = [{ field: "phone", typed }];
          const base = {
            kind: "person",
            object: "contacts",
            name,
            ownerId: null,
            links: [],
            lastActivityAt: null,
          } as const;
          return { record: { ...base, id: String(from + index), phones, mergedIds: [] }, keys: toPhoneKeys(phones) };
        });
        const page = { step: "all", page: null, mark: null, gone: [], owners: null, sweeps: null, at: 0 };
        store.mirror.commitPage(id, { ...page, records });
      }
    });
    const mirror = createMirror({ store: store.mirror, clock: systemClock });
    const search = db.prepare<[number, number], { record_id: number }>(
      "SELECT record_id FROM mirror_phone WHERE integration_id = ? AND number = ? AND is_national = 0",
    );
    const numbers = crowd.calls.map(({ number }) => number);
    const each = (work: (number: string) => unknown): number =>
      Math.min(
        ...Array.from({ length: rounds }, () => cpuMicros(() => numbers.forEach((number) => void work(number)))),
      ) / numbers.length;
    return {
      lookUpMicros: each(mirror.finder(integration)),
      searchMicros: each((number) => search.all(id, Number(number.slice(1)))),
      copyMicros: copying / crowd.people.length,
    };
  } finally {
    db.close();
    store.close();
  }
}

export function showPeople({ lookUpMicros, searchMicros, copyMicros }: PeopleResult, people: number): void {
  console.log(`${people} people, ${lookUps} look-ups. CPU time, µs:`);
  console.table({
    "a look-up in the mirror": lookUpMicros.toFixed(1),
    "a bare search of its index": searchMicros.toFixed(1),
    "copying one person": copyMicros.toFixed(1),
  });
}
