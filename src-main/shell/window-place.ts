import { z } from "zod";

/** Where the window stood when it was closed, and how large. */
export const windowPlace = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(760).max(10_000),
  height: z.int().min(540).max(10_000),
  isMaximized: z.boolean(),
});
export type WindowPlace = z.infer<typeof windowPlace>;
export const firstPlace: WindowPlace = { width: 1_280, height: 800, isMaximized: false };
