import { toPlainWord } from "../records/plain-word.ts";

/** Names of days in seven languages, Sunday first. Short forms that mean two days are left out. */
const names: readonly string[] = [
  "sun sunday sonntag so dimanche dim domingo dom domenica zondag zo",
  "mon monday montag mo lundi lun lunes lunedi maandag segunda seg",
  "tue tues tuesday dienstag mardi mar martes martedi dinsdag terca ter",
  "wed wednesday mittwoch mi mercredi mer miercoles mie mercoledi woensdag wo quarta qua",
  "thu thur thurs thursday donnerstag jeudi jeu jueves jue giovedi gio donderdag quinta qui",
  "fri friday freitag fr vendredi ven viernes vie venerdi vrijdag vr sexta sex",
  "sat saturday samstag sonnabend sa samedi sam sabado sab sabato zaterdag za",
];

const days: ReadonlyMap<string, number> = new Map(
  names.flatMap((words, day) => words.split(" ").map((word) => [word, day] as const)),
);

/** The day of the week (0 is Sunday) that is named before a date (`Mon 02/06/2025`), or null. */
export function readWeekday(text: string): number | null {
  const found = /^\s*["']?(\p{L}{2,12})\.?,?\s+\d/u.exec(text);
  return found === null ? null : (days.get(toPlainWord(found[1] ?? "")) ?? null);
}
