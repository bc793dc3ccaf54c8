import { z } from "zod";

/** What Lua makes of a table without entries. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), z.strictObject({}).transform((): z.output<T>[] => [])]);

const verdict = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), wait: z.number(), by: z.string() }),
]);

const gauge = z.object({
  used: z.number(),
  own: z.number(),
  others: z.number(),
  limit: z.number().optional(),
  blocked: z.number(),
});

/** The script's answer. `lost`: the windows do not know this member, and nothing was done. */
export const visitAnswer = z.union([
  z.object({ lost: z.literal(true) }),
  z.object({
    t: z.number(),
    ep: z.string(),
    take: listOf(verdict),
    windows: z.record(z.string(), gauge),
    pcs: z.record(z.string(), z.object({ share: z.number(), silent: z.number() })),
    /** PCs that were there and may have sent what the windows do not know yet; `?`: any. */
    awaited: listOf(z.string()),
  }),
]);
export type VisitAnswer = z.infer<typeof visitAnswer>;
export type Told = Extract<VisitAnswer, { ep: string }>;

/** One ask for room. `max`: with others, `ours`: of the team, by window. */
export type Want = Readonly<{
  id: string;
  lane: number;
  c: Readonly<Record<string, number>>;
  max: Readonly<Record<string, number>>;
  ours: Readonly<Record<string, number>>;
}>;

/** `ago`: how long before this visit the request left that was told what remains, ms. */
export type SeenWindow = Readonly<{
  w: string;
  limit?: number;
  remaining?: number;
  ago?: number;
  len?: number;
  blocked?: number;
  hold: number;
}>;

/** One visit to the shared windows: everything since the last one, in one round trip. Hours are whole ones since 1970. */
export type Visit = Readonly<{
  m: string;
  pc: string;
  share: number;
  ep?: string;
  t?: number;
  el?: number;
  lo?: number;
  hour?: number;
  win: Readonly<Record<string, object>>;
  take: readonly Want[];
  drop: readonly string[];
  done: readonly string[];
  book: readonly Readonly<Record<string, number>>[];
  obs: readonly SeenWindow[];
  join?: Readonly<{
    back: boolean;
    roster: readonly string[];
    roll: Readonly<Record<string, readonly (readonly number[])[]>>;
    hours: Readonly<Record<string, Readonly<Record<string, number>>>>;
    open: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }>;
  bye?: true;
}>;
