import type { z } from "zod";
import type { limitView } from "../../../src-shared/ipc/integration-views.ts";
import type { WindowGauge } from "../ports/pace.ts";

/** A window of the budget as a person reads a limit. */
export const toLimit = ({ name, lengthMs, limit, used, usedByOthers }: WindowGauge): z.input<typeof limitView> => ({
  name,
  lengthMs,
  limit,
  used,
  usedByOthers,
});
