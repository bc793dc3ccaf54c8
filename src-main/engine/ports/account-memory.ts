/** An answer of a CRM that was good, as it came. */
export type RememberedAnswer = Readonly<{ status: number; body: string }>;

/** `request`: a digest of everything that was sent, the credential included, so that another key asks anew. */
export type AccountQuestion = Readonly<{ integrationId: number; request: string }>;

/**
 * What CRMs said about their accounts (who we are, which fields and rights there are; nothing about anybody's records),
 * kept for a run that continues one that was killed: it goes on with what the other knew and need not ask again. A run
 * that ends in order leaves nothing behind, so that the next one looks anew.
 */
export interface AccountMemory {
  /**
   * The answer given between two wall times (epoch ms) in an earlier session of the engine. A session gets it once: who
   * asks the same a second time has a reason to.
   */
  recall(
    question: AccountQuestion & Readonly<{ since: number; now: number; sessionId: number }>,
  ): RememberedAnswer | undefined;
  keep(question: AccountQuestion & Readonly<{ at: number; sessionId: number; answer: RememberedAnswer }>): void;
  /** Of one integration, or of all. */
  forget(integrationId?: number): void;
}
