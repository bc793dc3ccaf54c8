import { createEitherFormat } from "../../presets/either-format.ts";
import { createTableFormat } from "../../presets/table-format.ts";
import { callLog } from "./call-log.ts";
import { callReport } from "./call-report.ts";

/** 3CX call log (v20) and call reports (v16, v18) as CSV. */
export const threeCxCallLogCsv = createEitherFormat({ id: "3cx-call-log-csv", title: "3CX call log or report (CSV)" }, [
  createTableFormat(callLog),
  createTableFormat(callReport),
]);
