// Prints a job, its answers and the usage of one day, through types that were generated from openapi.json.
import createClient from "openapi-fetch";
import type { paths } from "./wecom";

/** Returns a response unless it is an error: those have HTTP status 200, too. */
function success<T extends { errcode?: number; errmsg?: string }>({ data }: { data?: T }): T {
  if (!data || data.errcode) throw new Error(`${data?.errcode}: ${data?.errmsg}`);
  return data;
}

const [jobid = "", date = ""] = process.argv.slice(2);
const corpid = process.env.WECOM_CORP_ID ?? "ww0emulator00000000";
const corpsecret = process.env.WECOM_CORP_SECRET ?? "emulator-secret-that-guards-nothing";
const client = createClient<paths>({ baseUrl: process.env.WECOM_BASE_URL ?? "http://127.0.0.1:8765" });

const token = success(await client.GET("/cgi-bin/gettoken", { params: { query: { corpid, corpsecret } } })).access_token;
client.use({ onRequest: ({ request }) => new Request(`${request.url}?access_token=${token}`, request) });

const { job_info: job } = success(await client.POST("/cgi-bin/health/get_report_job_info", { body: { jobid, date } }));
console.log(`${job?.title}: ${job?.question_templates?.length ?? 0} questions, filled in by ${job?.finish_cnt}`);
const page = success(await client.POST("/cgi-bin/health/get_report_answer", { body: { jobid, date, offset: 0, limit: 100 } }));
for (const answer of page.answers ?? []) { // null and absent are empty lists; the next page begins behind these answers
  console.log(`${answer.userid ?? answer.student_userid}: ${answer.report_values?.length ?? 0} values`);
}
const usage = success(await client.POST("/cgi-bin/health/get_health_report_stat", { body: { date } }));
console.log(`used ${usage.pv} times by ${usage.uv} members`);
