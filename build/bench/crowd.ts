import { createSeededRandom } from "./seeded-random.ts";

/** A person of the crowd: as typed into the CRM, and the number that it is (E.164), or null where nobody could tell. */
export type CrowdPerson = Readonly<{ name: string; typed: string; number: string | null }>;

export type CrowdCall = Readonly<{ number: string; isKnown: boolean }>;

export type Crowd = Readonly<{
  people: readonly CrowdPerson[];
  /** Places of those who have a number, by number. */
  holders: ReadonlyMap<string, readonly number[]>;
  calls: readonly CrowdCall[];
}>;

export type CrowdAsk = Readonly<{ people: number; calls: number; seed: number }>;

/** Shares of the crowd: people whose number others have, too; people whose number is none; calls of nobody. */
const shared = 0.03;
const malformed = 0.02;
const unknown = 0.05;

type Draw = (below: number) => number;

const digits = (count: number, draw: Draw): string => Array.from({ length: count }, () => String(draw(10))).join("");

/** Numbers of three countries; the house is in the first. */
const countries: readonly ((draw: Draw) => string)[] = [
  (draw) => `+447${4 + draw(6)}${digits(8, draw)}`,
  (draw) => `+1${2 + draw(8)}${digits(2, draw)}${2 + draw(8)}${digits(6, draw)}`,
  (draw) => `+4930${1 + draw(9)}${digits(6, draw)}`,
];

/** Nobody types numbers alike: spellings of a number of the house's country. */
const homeSpellings: readonly ((national: string) => string)[] = [
  (national) => `+44${national}`,
  (national) => `+44 ${national.slice(0, 4)} ${national.slice(4)}`,
  (national) => `0044${national}`,
  (national) => `0${national}`,
  (national) => `0${national.slice(0, 4)} ${national.slice(4, 7)} ${national.slice(7)}`,
  (national) => `(0${national.slice(0, 4)}) ${national.slice(4, 7)}-${national.slice(7)}`,
  (national) => `0${national.slice(0, 4)}.${national.slice(4)}`,
  (national) => `+44 (0)${national.slice(0, 4)} ${national.slice(4)}`,
  (national) => `44${national}`,
  (national) => `0${national.slice(0, 4)} ${national.slice(4)} ext. 12`,
];

const foreignSpellings: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => `00${number.slice(1)}`,
  (number) => `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`,
  (number) => `${number.slice(0, 3)}-${number.slice(3, 6)}-${number.slice(6)}`,
];

/** What people leave behind where a number should be. */
const malformedTexts: readonly ((draw: Draw) => string)[] = [
  (draw) => `07${digits(2, draw)} ${digits(1, draw)}`,
  (draw) => `${digits(2, draw)} ${digits(2, draw)}`,
  (draw) => `+44 7${digits(2, draw)}`,
  () => "00000",
  (draw) => `0${digits(18, draw)}`,
];

const pick = <T>(from: readonly T[], draw: Draw): T => {
  const found = from[draw(from.length)];
  if (found === undefined) throw new Error("there is nothing to draw from");
  return found;
};

function spell(number: string, draw: Draw): string {
  return number.startsWith("+44") ? pick(homeSpellings, draw)(number.slice(3)) : pick(foreignSpellings, draw)(number);
}

/** A crowd that a seed draws: most people have a number of their own, in some spelling of it. */
export function createCrowd({ people: count, calls: callCount, seed }: CrowdAsk): Crowd {
  const random = createSeededRandom(seed);
  const draw: Draw = (below) => Math.floor(random() * below);
  const people: CrowdPerson[] = [];
  const holders = new Map<string, number[]>();
  const add = (number: string | null, typed: string): void => {
    if (number !== null) holders.set(number, [...(holders.get(number) ?? []), people.length]);
    people.push({ name: `Person ${people.length}`, typed, number });
  };
  const fresh = (): string => {
    for (;;) {
      const number = pick(countries, draw)(draw);
      if (!holders.has(number)) return number;
    }
  };
  while (people.length < count * shared) {
    const number = fresh();
    // Most share with one other; a few numbers are switchboards.
    const sharers = draw(4) === 0 ? 4 + draw(9) : 2;
    for (let each = 0; each < sharers; each += 1) add(number, spell(number, draw));
  }
  while (people.length < count * (shared + malformed)) add(null, pick(malformedTexts, draw)(draw));
  while (people.length < count) {
    const number = fresh();
    add(number, spell(number, draw));
  }
  const known = [...holders.keys()];
  /** Half of the unknown are no stranger's number but one of somebody here, in another country. */
  const stranger = (): string => {
    for (;;) {
      const number = draw(2) === 0 ? fresh() : `+49${pick(known, draw).replace(/^\+(44|1|49)/, "")}`;
      if (!holders.has(number)) return number;
    }
  };
  const calls = Array.from({ length: callCount }, (_, index): CrowdCall => {
    const isKnown = index >= callCount * unknown;
    return { number: isKnown ? pick(known, draw) : stranger(), isKnown };
  });
  return { people, holders, calls };
}
