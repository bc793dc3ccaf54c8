import { hubspotSubject } from "../builders/hubspot-subject.ts";
import { testConnector } from "./connector-suite.ts";

testConnector(hubspotSubject);
