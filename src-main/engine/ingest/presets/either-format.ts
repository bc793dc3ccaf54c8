import { z } from "zod";
import type { FormatState, LogFormat, LogSample } from "../formats/log-format.ts";
import type { SourceSettings } from "../../../../src-shared/domain/source-settings.ts";
import { LogRefusedError } from "../log-refused.ts";

type Naming = Readonly<{ id: string; title: string }>;

const stateSchema = z.strictObject({ variant: z.int().nonnegative(), state: z.record(z.string(), z.unknown()) });

/** A format that comes in several shapes (versions of a product): each file is of the one that recognises it best. */
export function createEitherFormat({ id, title }: Naming, variants: readonly LogFormat[]): LogFormat {
  const rank = (sample: LogSample, settings: SourceSettings) =>
    variants
      .flatMap((format, variant) => {
        const detection = format.detect(sample, settings);
        return detection === null ? [] : [{ format, variant, detection }];
      })
      .toSorted((left, right) => right.detection.score - left.detection.score);
  return {
    id,
    title,
    detect: (sample, settings) => rank(sample, settings)[0]?.detection ?? null,
    prepare: async (sample, context, scan): Promise<FormatState> => {
      const [best] = rank(sample, context.settings);
      if (best === undefined) {
        const tried = variants.map((format) => format.title).join("; ");
        throw new LogRefusedError(
          "unknown_format",
          `This is no ${title}: its beginning has none of the known forms (${tried}).`,
        );
      }
      return { variant: best.variant, state: await best.format.prepare(sample, context, scan) };
    },
    open: (state, context) => {
      const { variant, state: own } = stateSchema.parse(state);
      const format = variants[variant];
      if (format === undefined) throw new LogRefusedError("unknown_format", `${title} has no form ${variant}.`);
      return format.open(own, context);
    },
  };
}
