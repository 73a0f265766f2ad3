"""Prints a job, its answers and the usage of one day, through a client that was generated from openapi.json."""

import datetime
import os
import sys

from wecom import Client
from wecom.api.gettoken import gettoken
from wecom.api.health import get_health_report_stat, get_report_answer, get_report_job_info
from wecom.models import GetHealthReportStatRequest, GetReportAnswerRequest, GetReportJobInfoRequest


def success(response):
    """Returns a response unless it is an error: those have HTTP status 200, too."""
    if response.errcode:
        sys.exit(f"{response.errcode}: {response.errmsg}")
    return response


jobid, date = sys.argv[1], datetime.date.fromisoformat(sys.argv[2])
corp_id = os.environ.get("WECOM_CORP_ID", "ww0emulator00000000")
secret = os.environ.get("WECOM_CORP_SECRET", "emulator-secret-that-guards-nothing")
base_url = os.environ.get("WECOM_BASE_URL", "http://127.0.0.1:8765")
token = success(gettoken.sync(client=Client(base_url), corpid=corp_id, corpsecret=secret)).access_token
client = Client(base_url, httpx_args={"params": {"access_token": token}})

job = success(get_report_job_info.sync(client=client, body=GetReportJobInfoRequest(jobid, date))).job_info
print(f"{job.title}: {len(job.question_templates or [])} questions, filled in by {job.finish_cnt}")
page = success(get_report_answer.sync(client=client, body=GetReportAnswerRequest(jobid, date, 0, 100)))
for answer in page.answers or []:  # null and absent are empty lists; the next page begins behind these answers
    print(f"{answer.userid or answer.student_userid}: {len(answer.report_values or [])} values")
usage = success(get_health_report_stat.sync(client=client, body=GetHealthReportStatRequest(date)))
print(f"used {usage.pv} times by {usage.uv} members")
