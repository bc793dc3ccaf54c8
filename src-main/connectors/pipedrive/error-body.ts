import { z } from "zod";

const text = z.string().optional().catch(undefined);
const envelope = z.looseObject({
  success: z.literal(false),
  error: text,
  code: text,
  errorCode: z.number().optional().catch(undefined),
  error_info: text,
});
const webhookEnvelope = z.looseObject({ status: z.literal("error"), errors: z.record(z.string(), z.unknown()) });

/** A refusal in Pipedrive's own envelope, of either version or of its gateway. */
export type VendorError = Readonly<{
  /** `ERR_…` or `feature_capping_…`; the first version and the gateway have none. */
  code: string | undefined;
  message: string;
  /** Names that the message puts in front or in quotes: parameters as a rule. */
  named: readonly string[];
  /** Whether it says that a parameter is unknown here. */
  isNotAllowed: boolean;
  /** Whether it says that something must be given. */
  isRequired: boolean;
  /** Whether it speaks of the token's scope. */
  isScope: boolean;
}>;

/** The vendor has one code for many causes; which parameter it means stands in nothing but the message. */
function readNames(message: string): readonly string[] {
  const bare = message.replace(/^(Validation failed|Bad request):\s*/i, "");
  const leading = /^([\w.[\]-]+):/.exec(bare)?.[1] ?? /^([\w.]+) /.exec(/^bad request/i.test(message) ? bare : "")?.[1];
  const quoted = [...bare.matchAll(/['"`]([\w.-]+)['"`]/g)].map((found) => found[1] ?? "");
  const paths = [...(leading === undefined ? [] : [leading]), ...quoted];
  // `custom_fields.<code>` and `participants.0.person_id` name the field and what holds it.
  return [...new Set(paths.flatMap((path) => [path, ...path.split(".")]))];
}

/** The refusal in this JSON, or undefined where it is not Pipedrive's envelope: then nobody knows what was executed. */
export function readVendorError(json: unknown): VendorError | undefined {
  const parsed = envelope.safeParse(json);
  if (!parsed.success) {
    const webhook = webhookEnvelope.safeParse(json);
    if (!webhook.success) return undefined;
    const named = Object.keys(webhook.data.errors);
    return {
      code: undefined,
      message: named.join(", "),
      named,
      isNotAllowed: false,
      isRequired: false,
      isScope: false,
    };
  }
  const { error = "", code } = parsed.data;
  return {
    code,
    message: error,
    named: readNames(error),
    isNotAllowed: /\bnot allowed\b/i.test(error),
    isRequired: /\brequired\b/i.test(error),
    isScope: /\bscope\b/i.test(error),
  };
}
