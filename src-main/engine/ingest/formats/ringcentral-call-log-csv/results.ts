/** Results of a RingCentral call beyond the words that everybody uses, in its CSV and its API. (developers.ringcentral.com, Call Log) */
export const ringCentralResults = {
  answered: ["Accepted", "Call connected", "Call accepted", "Answered", "Connected"],
  voicemail: ["Voicemail", "Voice Mail", "Sent to Voicemail"],
  missed: [
    ...([
      "Missed",
      "No Answer",
      "Hang Up",
      "Hang up",
      "Abandoned",
      "Rejected",
      "Declined",
      "Blocked",
      "Reply",
    ] as const),
    ...(["Answered Not Accepted", "Find Me Not Answered", "Stopped", "Cancelled", "IP Phone Offline"] as const),
  ],
  busy: ["Busy"],
  failed: [
    ...(["Wrong Number", "Call Failed", "Call Failure", "Internal Error", "No Calling Credit", "Not Allowed"] as const),
    ...(["International Disabled", "International Restricted", "International restriction", "Bad Number"] as const),
    ...(["Restricted Number", "No Digital Line", "Account Suspended", "Failed Try Again", "Restricted"] as const),
    ...(["Suspended account", "Unsupported International", "Call Failed Try Again"] as const),
  ],
  ringing: ["In Progress", "In progress"],
  other: [
    "Fax Receipt Error",
    "Receive Error",
    "Fax Partial Receive",
    "Fax Not Sent",
    "Sent",
    "Send Error",
    "Received",
  ],
} as const;
