/** Channels between preload and shell. The preload sends on no other, the shell listens to no other. */
export const channels = {
  call: "callledger:call",
  cancel: "callledger:cancel",
  grant: "callledger:grant",
  subscribe: "callledger:subscribe",
  unsubscribe: "callledger:unsubscribe",
  taken: "callledger:taken",
  progress: "callledger:progress",
  topic: "callledger:topic",
  open: "callledger:open",
  /** An event of the page, not a channel: paths that were just dropped. */
  dropped: "callledger:dropped",
} as const;
