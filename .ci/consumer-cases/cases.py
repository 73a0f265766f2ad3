"""What the generated Python client does with responses that trip clients up. Prints a line for each case."""

import datetime
import os
import urllib.request

from wecom import Client
from wecom.api.gettoken import gettoken
from wecom.api.health import get_health_report_stat, get_report_answer, get_report_job_info, get_report_jobids
from wecom.models import GetHealthReportStatRequest, GetReportAnswerRequest
from wecom.models import GetReportJobIdsRequest, GetReportJobInfoRequest

BASE_URL = os.environ["WECOM_BASE_URL"]
DATE = datetime.date(2020, 3, 27)


def fault(rule):
    """Adds a fault to the next response of the emulator."""
    request = urllib.request.Request(f"{BASE_URL}/_emulator/faults", data=rule.encode(), method="POST")
    urllib.request.urlopen(request).close()


def was_sent(text):
    """Whether a request that the emulator remembers has a text."""
    with urllib.request.urlopen(f"{BASE_URL}/_emulator/requests") as response:
        return text in response.read().decode().replace("\\", "").replace(" ", "")


def case(name, found, expected):
    """Compares what the client made of a response with what it has to be."""
    assert found == expected, f"{name}: {found!r}, not {expected!r}"
    print(f"python: {name}: {found!r}")


answer = gettoken.sync(
    client=Client(BASE_URL), corpid="ww0emulator00000000", corpsecret="emulator-secret-that-guards-nothing"
)
client = Client(BASE_URL, httpx_args={"params": {"access_token": answer.access_token}})


def job():
    return get_report_job_info.sync(client=client, body=GetReportJobInfoRequest("jobid1", DATE))


def answers():
    return get_report_answer.sync(client=client, body=GetReportAnswerRequest("jobid1", DATE, 0, 100))


case("jobs", get_report_jobids.sync(client=client, body=GetReportJobIdsRequest(0, 100)).jobids, ["jobid1"])
case("64-bit party ids", job().job_info.apply_range.partyids, [4294967297, 9007199254740993])
case("64-bit time", answers().answers[0].report_time, 5000000000)
case("a date is sent as text", was_sent('"date":"2020-03-27"'), True)
usage = get_health_report_stat.sync(client=client, body=GetHealthReportStatRequest(DATE))
case("usage", (usage.pv, usage.uv), (100, 50))
fault("get_report_job_info:unknown-value")
case("unknown question_type", job().job_info.question_templates[0].question_type, 99)
fault("get_report_job_info:null-lists")
case("null lists", job().job_info.question_templates, None)
fault("get_report_job_info:unknown-field")
case("unknown fields are kept", len(job().additional_properties), 1)
fault("get_report_answer:null-lists")
case("null answers", answers().answers, None)
fault("get_report_job_info:errcode=48002")
refusal = job()
case("errcode", (refusal.errcode, bool(refusal.errmsg), bool(refusal.job_info)), (48002, True, False))
fault("get_report_job_info:no-errcode")
case("no errcode", bool(job().errcode), False)
