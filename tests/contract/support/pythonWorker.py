"""A process in which the vendor's Python client runs: one call for each line of JSON, one line of JSON for each result."""
import json
import sys

from openrouter import OpenRouter


def plain(result):
    # A list is a page with a function to go on; its `result` is what was parsed.
    result = getattr(result, "result", result)
    return result.model_dump(mode="json", by_alias=True) if hasattr(result, "model_dump") else None


def perform(client, group, operation, request):
    try:
        return {"result": plain(getattr(getattr(client, group), operation)(**request))}
    except Exception as error:
        status = getattr(error, "status_code", None)
        return {"error": {"name": type(error).__name__, "message": str(error), "status": status}}


def main():
    server_url, api_key = sys.argv[1:]
    client = OpenRouter(api_key=api_key, server_url=server_url, retry_config=None)
    for line in sys.stdin:
        call = json.loads(line)
        reply = perform(client, call["group"], call["operation"], call["request"])
        print(json.dumps({"id": call["id"], **reply}), flush=True)


main()
