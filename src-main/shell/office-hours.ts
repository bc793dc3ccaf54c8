import type { ShellPreferences } from "../../src-shared/ipc/window-views.ts";

/** Whether a moment (read in the zone of this PC) lies outside of the office hours; never where there are none. */
export function isOutsideOffice(moment: Date, officeHours: ShellPreferences["officeHours"]): boolean {
  if (officeHours === null) return false;
  const { from, to } = officeHours;
  const [day, minute] = [moment.getDay(), moment.getHours() * 60 + moment.getMinutes()];
  const isWeekend = day === 0 || day === 6;
  const isOpen = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  return isWeekend || !isOpen;
}
