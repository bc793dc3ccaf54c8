import type { CallDirection } from "../../../../../src-shared/domain/call-record.ts";

/** Numbers of three digits that reach help and no colleague, whatever form extensions have. */
const emergency = /^(?:000|112|911|933|988|999)$/;

/** True for a call for help: it goes out, whatever form its number has. */
export const isHelpCall = (told: CallDirection, to: string): boolean =>
  told === "outbound" && emergency.test(to.trim());
