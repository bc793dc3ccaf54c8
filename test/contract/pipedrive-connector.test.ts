import { pipedriveSubject } from "../builders/pipedrive-subject.ts";
import { testConnector } from "./connector-suite.ts";

testConnector(pipedriveSubject);
