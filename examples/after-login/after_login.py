"""Ends a user's other sessions after a login. Needs Python 3.9 and nothing else."""

import json
import random
import time
import urllib.error
import urllib.request

QUERY = """mutation ClientAfterLogin($userId: ID!, $sessionId: ID, $applicationId: ID) {
  enforceSingleSession(userId: $userId, keepSessionId: $sessionId, applicationId: $applicationId) {
    outcome
    revokedCount
    failures { sessionId code retryable }
    userErrors { code message }
    warnings { code message }
  }
}"""

AGAIN = {
    "RATE_LIMITED",
    "UPSTREAM_TIMEOUT",
    "UPSTREAM_UNAVAILABLE",
    "HELD_BY_ANOTHER_CALL",
    "INTERNAL_SERVER_ERROR",
}
RESULTS = {
    "ENFORCED": "kept",
    "WITHIN_LIMIT": "kept",
    "SUPERSEDED": "superseded",
    "NO_SESSIONS": "notLive",
}


def after_login(service_url, service_key, user_id, session_id=None, timeout=5.0, attempts=5):
    """Answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the key or the arguments)."""
    deadline = time.monotonic() + timeout
    for attempt in range(attempts):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        result, wait = _attempt(service_url, service_key, user_id, session_id, min(2.5, left))
        if result is not None:
            return result
        wait = max(wait, random.random() * min(5.0, 0.2 * 2**attempt))
        if wait >= deadline - time.monotonic():
            break
        time.sleep(wait)
    return "incomplete"


def _attempt(service_url, service_key, user_id, session_id, timeout):
    """The result, or None and how long to wait at least before the next attempt, in seconds."""
    variables = {"userId": user_id, "sessionId": session_id}
    request = urllib.request.Request(
        service_url.rstrip("/") + "/graphql",
        data=json.dumps({"query": QUERY, "variables": variables}).encode(),
        headers={"Authorization": "Bearer " + service_key, "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            status, headers, text = response.status, response.headers, response.read(1_000_000)
    except urllib.error.HTTPError as error:
        status, headers, text = error.code, error.headers, error.read(1_000_000)
    except OSError:
        return None, 0
    wait = _seconds(headers.get("Retry-After"))
    try:
        body = json.loads(text)
    except ValueError:
        return None, wait
    if body.get("errors"):
        details = body["errors"][0].get("extensions") or {}
        wait = max(wait, _seconds(details.get("retryAfterSeconds")))
        again = details.get("code") in AGAIN or status == 429 or status >= 500
        return (None if again else "rejected"), wait
    payload = (body.get("data") or {}).get("enforceSingleSession") or {}
    outcome = payload.get("outcome")
    if outcome in RESULTS:
        return RESULTS[outcome], 0
    codes = [error.get("code") for error in payload.get("userErrors") or []]
    if "KEEP_SESSION_NOT_LIVE" in codes:
        return "notLive", 0
    if outcome is None and codes and not AGAIN.intersection(codes):
        return "rejected", 0
    return None, wait


def _seconds(value):
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return 0.0


if __name__ == "__main__":
    import sys

    print(after_login(*sys.argv[1:5]))
