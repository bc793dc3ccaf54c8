import type { LogFormat } from "./log-format.ts";
import { aircallCallsCsv } from "./aircall-calls-csv/format.ts";
import { androidCallLogCsv } from "./android-call-log-csv/format.ts";
import { androidSmsBackupRestore } from "./android-sms-backup-restore/format.ts";
import { genericJson } from "./generic-json/format.ts";
import { genericXml } from "./generic-xml/format.ts";
import { genericNdjsonWebhooks } from "./generic-ndjson-webhooks/format.ts";
import { googleVoiceTakeout } from "./google-voice-takeout/format.ts";
import { ringCentralCallLogJson } from "./ringcentral-call-log-json/format.ts";
import { dialpadCallsCsv } from "./dialpad-calls-csv/format.ts";
import { fritzboxAnrufliste } from "./fritzbox-anrufliste/format.ts";
import { iphoneCallHistoryCsv } from "./iphone-call-history-csv/format.ts";
import { justcallCallsCsv } from "./justcall-calls-csv/format.ts";
import { openphoneQuoCallsCsv } from "./openphone-quo-calls-csv/format.ts";
import { ringCentralCallLogCsv } from "./ringcentral-call-log-csv/format.ts";
import { teamsDirectRouting } from "./teams-direct-routing/format.ts";
import { teamsPstnUsage } from "./teams-pstn-usage/format.ts";
import { telnyxCdrCsv } from "./telnyx-cdr-csv/format.ts";
import { twilioCallLogCsv } from "./twilio-call-log-csv/format.ts";
import { voipmsCdrCsv } from "./voipms-cdr-csv/format.ts";
import { zoomPhoneCallLog } from "./zoom-phone-call-log/format.ts";

/** Logs of cloud systems, mobile phones and routers, those with the rarest columns first. */
export const cloudAndMobileFormats: readonly LogFormat[] = [
  teamsDirectRouting,
  teamsPstnUsage,
  dialpadCallsCsv,
  aircallCallsCsv,
  telnyxCdrCsv,
  justcallCallsCsv,
  openphoneQuoCallsCsv,
  twilioCallLogCsv,
  zoomPhoneCallLog,
  ringCentralCallLogCsv,
  voipmsCdrCsv,
  fritzboxAnrufliste,
  iphoneCallHistoryCsv,
  androidCallLogCsv,
  androidSmsBackupRestore,
  googleVoiceTakeout,
  ringCentralCallLogJson,
  genericNdjsonWebhooks,
  genericJson,
  genericXml,
];
