/**
 * Why an engine could not start. `in_use`: another engine has the data folder. `missing`: there is no data to read.
 * `refused`: the folder or its data cannot be used as they are (a network share, a newer version, damage).
 */
export class EngineStartError extends Error {
  override readonly name = "EngineStartError";
  readonly kind: "in_use" | "missing" | "refused";

  constructor(kind: EngineStartError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
