import { z } from "zod";
import { callOutcomes } from "./outcome-order.ts";

/** Where a call stands over all its CRMs. */
export const callOutcome = z.enum(callOutcomes);
export type CallOutcome = z.infer<typeof callOutcome>;
