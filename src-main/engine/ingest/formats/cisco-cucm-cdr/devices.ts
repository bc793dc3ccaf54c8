import type { CalledEnd } from "../../presets/row-facts.ts";
import type { RowTools } from "../../presets/row-outcome.ts";

/** Names that CUCM gives to telephones, soft phones, analog adapters and device profiles. */
const phone = /^(?:SEP|CSF|TCT|BOT|TAB|ATA|AN[0-9A-F]{8}|VGC|CTIRD|RDP|SPARK|CIPC|IPC|UPC|ECP|SIP[0-9A-F]{12})/i;
const machineDevice = /^CTI[-_ ]?(?:RP|RTP|PORT)|^RP[-_]|(?:^|[-_])(?:AA|IVR|UCCX|MOH|ANN)(?:[-_\d]|$)/i;
const mailboxDevice = /(?:^|[-_])(?:CUC|VM|VMAIL|VOICEMAIL|UNITY|UM)(?:[-_\d]|$)|CiscoUM/i;

/** Names that administrators give to trunks and gateways; MGCP ports have their gateway behind an @. */
const gateway =
  /trunk|gateway|(?:^|[-_])gw|gw(?:$|[-_\d])|pstn|isdn|(?:^|[-_])pri(?:$|[-_\d])|cube|mgcp|h\.?323|carrier|provider|sbc|voip|@/i;

const toSet = (values: readonly string[] | undefined): ReadonlySet<string> =>
  new Set((values ?? []).map((value) => value.toLowerCase()));

export type CucmDevices = Readonly<{
  /** True where a call comes from or goes to the outside by that device and number. */
  isOutside(device: string, number: string): boolean;
  /** Who answers at a number and device. */
  toCalledEnd(device: string, number: string): CalledEnd;
}>;

/** Devices and pilots by the settings, else by the names that are usual. */
export function createCucmDevices({ settings, numbers }: RowTools): CucmDevices {
  const trunks = toSet([...(settings.trunkDevices ?? []), ...(settings.trunkNames ?? [])]);
  const mailboxes = toSet(settings.voicemailNumbers);
  const machines = toSet([...(settings.autoAttendantNumbers ?? []), ...(settings.huntPilots ?? [])]);
  const isSet = mailboxes.size > 0;
  return {
    isOutside: (device, number) => {
      if (trunks.has(device.toLowerCase())) return true;
      if (phone.test(device) || machineDevice.test(device) || mailboxDevice.test(device)) return false;
      // What stands behind a gateway is no extension, though a short code looks like one.
      return gateway.test(device) || !numbers.isExtension(number);
    },
    toCalledEnd: (device, number) => {
      if (mailboxes.has(number.toLowerCase())) return "voicemail";
      if (machines.has(number.toLowerCase()) || machineDevice.test(device)) return "machine";
      return mailboxDevice.test(device) && !(isSet && phone.test(device)) ? "voicemail" : "person";
    },
  };
}
