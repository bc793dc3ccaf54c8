import { type LucideIcon, PhoneForwarded, PhoneIncoming, PhoneMissed, PhoneOutgoing, Voicemail } from "lucide-react";
import type { DirectionWord } from "./what-happened.ts";

export const directionIcons: Readonly<Record<DirectionWord, LucideIcon>> = {
  inbound: PhoneIncoming,
  outbound: PhoneOutgoing,
  internal: PhoneForwarded,
  missed: PhoneMissed,
  voicemail: Voicemail,
};
