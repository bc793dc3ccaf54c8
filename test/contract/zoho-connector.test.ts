import { fieldlessZohoSubject, zohoSubject } from "../builders/zoho-subject.ts";
import { testConnector } from "./connector-suite.ts";

testConnector(zohoSubject);
testConnector(fieldlessZohoSubject);
