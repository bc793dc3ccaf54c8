import { badUsage } from "./cli-fault.ts";

/** A parser for an option that takes a whole number within bounds. */
export function wholeNumber(name: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw badUsage(`${name} takes a whole number from ${min} to ${max}, not ${text}.`);
    return value;
  };
}

/** The number of an integration or a source, as lists show it. */
export function rowNumber(what: string): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d{0,14}$/.test(text)) throw badUsage(`${what} is a number, as its list shows it, not ${text}.`);
    return Number(text);
  };
}
