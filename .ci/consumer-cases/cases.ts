// What the generated TypeScript client does with responses that trip clients up. Prints a line for each case.
import { deepStrictEqual } from "node:assert";
import createClient from "openapi-fetch";
import type { components, paths } from "./wecom";

const baseUrl = process.env.WECOM_BASE_URL ?? "";
const date = "2020-03-27";
const client = createClient<paths>({ baseUrl });

/** Adds a fault to the next response of the emulator. */
async function fault(rule: string): Promise<void> {
  const { ok } = await fetch(`${baseUrl}/_emulator/faults`, { method: "POST", body: rule });
  if (!ok) throw new Error(rule);
}

/** Compares what the client made of a response with what it has to be. */
function check<T>(name: string, found: T, expected: T): void {
  deepStrictEqual(found, expected, name);
  console.log(`typescript: ${name}: ${JSON.stringify(found)}`);
}

const query = { corpid: "ww0emulator00000000", corpsecret: "emulator-secret-that-guards-nothing" };
const token = (await client.GET("/cgi-bin/gettoken", { params: { query } })).data?.access_token;
client.use({ onRequest: ({ request }) => new Request(`${request.url}?access_token=${token}`, request) });
const job = async () => (await client.POST("/cgi-bin/health/get_report_job_info", { body: { jobid: "jobid1", date } })).data;
const answers = async () => (await client.POST("/cgi-bin/health/get_report_answer", { body: { jobid: "jobid1", date } })).data;

// These lines hold only if the types are as they should be: open codes, lists that may be null, errcode that may be absent.
const openCode: components["schemas"]["QuestionType"] = 99;
const nullable: components["schemas"]["ApplyRange"] = { partyids: null };
const withoutErrCode: components["schemas"]["GetReportJobInfoResponse"] = {};
check("types", [openCode, nullable.partyids, withoutErrCode.errcode], [99, null, undefined]);

check("jobs", (await client.POST("/cgi-bin/health/get_report_jobids", { body: {} })).data?.jobids, ["jobid1"]);
// JavaScript's numbers hold integers up to 2^53: the second id has lost its last digit.
check("64-bit party ids", (await job())?.job_info?.apply_range?.partyids, [4294967297, 9007199254740992]);
check("64-bit time", (await answers())?.answers?.[0]?.report_time, 5000000000);
const usage = (await client.POST("/cgi-bin/health/get_health_report_stat", { body: { date } })).data;
check("usage", [usage?.pv, usage?.uv], [100, 50]);
await fault("get_report_job_info:unknown-value");
check("unknown question_type", (await job())?.job_info?.question_templates?.[0]?.question_type, 99);
await fault("get_report_job_info:null-lists");
check("null lists", (await job())?.job_info?.question_templates, null);
await fault("get_report_answer:null-lists");
check("null answers", (await answers())?.answers, null);
await fault("get_report_job_info:errcode=48002");
const refusal = await job();
check("errcode", [refusal?.errcode, !!refusal?.errmsg, refusal?.job_info], [48002, true, undefined]);
await fault("get_report_job_info:no-errcode");
check("no errcode", (await job())?.errcode, undefined);
