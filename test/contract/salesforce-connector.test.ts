import { salesforceSubject } from "../builders/salesforce-subject.ts";
import { testConnector } from "./connector-suite.ts";

testConnector(salesforceSubject);
