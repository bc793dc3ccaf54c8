import { z } from "zod";

/** What a JSON column holds, checked. The file is ours, so a misfit means damage or a bug and is thrown. */
export function fromJson<T>(schema: z.ZodType<T>, text: string): T {
  const value: unknown = JSON.parse(text);
  return schema.parse(value);
}

export const textList = z.array(z.string());
export const textMap = z.record(z.string(), z.string());
export const numberList = z.array(z.number());
export const numberMap = z.record(z.string(), z.number());
