import type { StatementView } from "../../../src-shared/ipc/report-views.ts";

export type HalfHour = StatementView["activity"][number];

/** A part of a bar, in the units of the drawing. */
export type ActivityPart = Readonly<{
  name: "delivered" | "waiting" | "skipped" | "failed";
  x: number;
  y: number;
  height: number;
}>;
export type ActivityLabel = Readonly<{ x: number; at: number }>;

export type ActivityDrawing = Readonly<{
  parts: readonly ActivityPart[];
  barWidth: number;
  labels: readonly ActivityLabel[];
  /** Calls at the upper line. */
  top: number;
}>;

export const drawing = { width: 296, base: 80, top: 10 } as const;
const halfHourMs = 1_800_000;
/** A working day: a quiet morning must not look like a busy one. */
const leastHalves = 20;
const labelEvery = 4;

/** Round numbers that a line can stand for. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

export const callsIn = ({ delivered, failed, skipped, open }: HalfHour): number => delivered + failed + skipped + open;

/** Bars of a day, from its first half-hour with a call on; null where none began on it. */
export function toActivityDrawing(activity: readonly HalfHour[]): ActivityDrawing | null {
  const [first, last] = [activity[0], activity.at(-1)];
  if (first === undefined || last === undefined) return null;
  const halves = Math.max(leastHalves, (last.at - first.at) / halfHourMs + 1);
  const step = drawing.width / halves;
  const top = roundUp(Math.max(4, ...activity.map(callsIn)));
  const scale = (drawing.base - drawing.top) / top;
  const barWidth = Math.max(1, step - Math.min(2, step / 4));
  const parts = activity.flatMap((half) => {
    const x = ((half.at - first.at) / halfHourMs) * step;
    let y: number = drawing.base;
    const stack = [
      ["delivered", half.delivered],
      ["skipped", half.skipped],
      ["waiting", half.open],
      ["failed", half.failed],
    ] as const;
    return stack.flatMap(([name, count]) => {
      const height = count * scale;
      y -= height;
      return count === 0 ? [] : [{ name, x, y, height }];
    });
  });
  const labels = Array.from({ length: Math.ceil(halves / labelEvery) }, (_, index) => {
    const offset = (first.at / halfHourMs) % 2 === 0 ? 0 : 1;
    const half = index * labelEvery + offset;
    return { x: half * step, at: first.at + half * halfHourMs };
  }).filter(({ x }) => x < drawing.width - 12);
  return { parts, barWidth, labels, top };
}
