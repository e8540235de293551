"""The same three functions for other programs: over HTTP, and as MCP tools."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent, Tool

from tests.browser.serving import Server

pytestmark = [pytest.mark.model, pytest.mark.browser]

_QUESTION = "Which country gives every migrant a social security number?"
_CITATION = (
    "Report of the Secretary-General, Global Compact for Safe, Orderly and Regular Migration, "
    "26 October 2020, para. 69"
)


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(server.url, verbose=False)


def test_only_three_endpoints_are_named_and_each_is_documented(client: Client) -> None:
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert sorted(endpoints) == ["/ask", "/paragraph", "/reports"]
    assert "quoted word for word" in endpoints["/ask"]["description"]
    assert [p["parameter_name"] for p in endpoints["/ask"]["parameters"]] == [
        "question", "report", "top",
    ]  # fmt: skip


def test_a_question_is_asked_over_http(client: Client) -> None:
    answer = client.predict(question=_QUESTION, api_name="/ask")
    assert answer["state"] == "found"
    (citation,) = answer["citations"]
    assert citation["citation"] == _CITATION
    assert citation["text"][citation["start"] : citation["end"]] == citation["quote"]
    more = client.predict(_QUESTION, "global-compact-2020", 4, api_name="/ask")
    assert [c["rank"] for c in more["citations"]] == [1, 2, 3, 4]


def test_a_paragraph_and_the_reports_are_read_over_http(client: Client) -> None:
    paragraph = client.predict("global-compact-2020", "87 (a)", api_name="/paragraph")
    assert paragraph["label"] == "para. 87 (a)"
    assert paragraph["citation"].endswith("26 October 2020, para. 87 (a)")
    (report,) = client.predict(api_name="/reports")
    assert (report["report"], report["paragraphs"]) == ("global-compact-2020", 98)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((" ",), "the question is empty"),
        (("why?", "nope"), "no report 'nope', expected one of global-compact-2020"),
        (("why?", "", 999), "cannot show 999 paragraphs: ask for 1 to 100"),
    ],
)
def test_a_mistake_is_one_sentence(
    client: Client, arguments: tuple[Any, ...], sentence: str
) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(*arguments, api_name="/ask")


def test_the_same_three_are_mcp_tools(server: Server) -> None:
    with ThreadPoolExecutor() as thread:  # the browser's own loop runs in this one
        used = thread.submit(lambda: asyncio.run(_use_tools(server.url))).result()
    tools, (answer, paragraph, reports, mistake) = used
    assert sorted(tool.name for tool in tools) == ["ask", "paragraph", "reports"]
    (ask,) = [tool for tool in tools if tool.name == "ask"]
    assert ask.inputSchema["required"] == ["question"]
    assert "quoted word for word" in (ask.description or "")
    assert _json(answer)["citations"][0]["citation"] == _CITATION
    assert _json(paragraph)["label"] == "para. 69"
    assert [report["report"] for report in _json(reports)] == ["global-compact-2020"]
    assert mistake.isError
    assert "has no paragraph '999'" in _text(mistake)


async def _use_tools(url: str) -> tuple[list[Tool], list[CallToolResult]]:
    calls: list[tuple[str, dict[str, str]]] = [
        ("ask", {"question": _QUESTION}),
        ("paragraph", {"report": "global-compact-2020", "number": "69"}),
        ("reports", {}),
        ("paragraph", {"report": "global-compact-2020", "number": "999"}),
    ]
    async with (
        streamable_http_client(f"{url}/gradio_api/mcp/") as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        tools = (await session.list_tools()).tools
        return tools, [await session.call_tool(name, arguments) for name, arguments in calls]


def _text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def _json(result: CallToolResult) -> Any:  # noqa: ANN401 - whatever JSON holds
    return json.loads(_text(result))
