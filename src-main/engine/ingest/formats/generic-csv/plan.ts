import { z } from "zod";

/** Column of each thing that a row says; -1 where the table has none. */
const columnIndex = z.int().min(-1);

export const columnsSchema = z.strictObject({
  from: columnIndex,
  to: columnIndex,
  did: columnIndex,
  remote: columnIndex,
  start: columnIndex,
  /** The time of day where the start column holds only the date. */
  time: columnIndex,
  answer: columnIndex,
  end: columnIndex,
  talk: columnIndex,
  duration: columnIndex,
  ring: columnIndex,
  direction: columnIndex,
  status: columnIndex,
  agent: columnIndex,
  id: columnIndex,
});
export type Columns = Readonly<z.infer<typeof columnsSchema>>;
export type ColumnName = keyof Columns;

/** All that was settled about a table at its beginning, so that every row is read alike, also after the file has grown. */
export const planSchema = z.strictObject({
  delimiter: z.string().length(1),
  wrapped: z.boolean(),
  /** Lines up to here are titles and the header. */
  headerLine: z.int().nonnegative(),
  header: z.array(z.string()),
  width: z.int().positive(),
  /** Places of the columns in lines of a fixed width; none where a delimiter parts them. */
  places: z.array(z.tuple([z.int().positive(), z.int().positive()])).default([]),
  columns: columnsSchema,
  dateOrder: z.enum(["DMY", "MDY", "YMD"]),
  isUtc: z.boolean(),
  unit: z.enum(["s", "ms", "min"]),
  colonIsHours: z.boolean(),
  /** Hours 1 to 6 are afternoon: the clock has twelve hours and no AM or PM. */
  isOfficeClock: z.boolean().default(false),
  /** The times are those of the end of each call. */
  isEndTime: z.boolean().default(false),
  /** The duration includes the ringing, which has a column of its own. */
  durationHoldsRing: z.boolean(),
  /** Numbers are written internationally without `+`. */
  international: z.boolean(),
});
export type Plan = Readonly<z.infer<typeof planSchema>>;

export const noColumns: Columns = {
  from: -1,
  to: -1,
  did: -1,
  remote: -1,
  start: -1,
  time: -1,
  answer: -1,
  end: -1,
  talk: -1,
  duration: -1,
  ring: -1,
  direction: -1,
  status: -1,
  agent: -1,
  id: -1,
};
