"""Ends a user's other sessions after a login, and refuses revoked access tokens. Needs Python 3.9 and nothing else."""

import base64
import hashlib
import http.client
import json
import random
import re
import socket
import threading
import time
import urllib.parse

# Letter by letter one of trusted-documents.json, for services that accept no others.
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
ADDRESS = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def after_login(service_url, service_key, user_id, session_id=None, timeout=5.0, attempts=5):
    """Answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the address, the key or the arguments)."""
    if not ADDRESS.match(service_url):
        return "rejected"
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
    body = json.dumps({"query": QUERY, "variables": {"userId": user_id, "sessionId": session_id}})
    url = service_url.rstrip("/") + "/graphql"
    try:
        status, headers, text = _post(url, "Bearer " + service_key, "application/json", body, timeout)
    except OSError:
        return None, 0
    wait = _seconds(headers.get("Retry-After"))
    # A proxy may answer in place of the service, and anything.
    answer = _parsed(text)
    errors = _objects(answer.get("errors"))
    if errors:
        details = _object(errors[0].get("extensions"))
        wait = max(wait, _seconds(details.get("retryAfterSeconds")))
        again = str(details.get("code")) in AGAIN or status == 429 or status >= 500
        return (None if again else "rejected"), wait
    payload = _object(_object(answer.get("data")).get("enforceSingleSession"))
    outcome = payload.get("outcome")
    if str(outcome) in RESULTS:
        return RESULTS[outcome], 0
    codes = [str(error.get("code")) for error in _objects(payload.get("userErrors"))]
    if "KEEP_SESSION_NOT_LIVE" in codes:
        return "notLive", 0
    if outcome is None and codes and not AGAIN.intersection(codes):
        return "rejected", 0
    return None, wait


def _post(url, authorization, content_type, body, timeout):
    """Status, headers and at most 1 MB of the body. Follows no redirect. Raises OSError when no answer comes in time."""
    parts = urllib.parse.urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.netloc, timeout=timeout)
    try:
        connection.connect()
        # The timeout of a socket is for each read: an answer that comes bit by bit would take for ever.
        watch = threading.Timer(timeout, _cut, [connection.sock])
        watch.daemon = True
        watch.start()
        try:
            headers = {"Authorization": authorization, "Content-Type": content_type}
            connection.request("POST", parts.path, body.encode(), headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read(1_000_000)
        finally:
            watch.cancel()
    except http.client.HTTPException as error:
        raise OSError("The answer cannot be read") from error
    finally:
        connection.close()


def _cut(connected):
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _parsed(text):
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _object(value):
    return value if isinstance(value, dict) else {}


def _objects(value):
    return [_object(one) for one in value] if isinstance(value, list) else []


def _seconds(value):
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return 0.0


class TokenCheck:
    """Asks the service whether access tokens are good, and keeps an answer for a few seconds at most."""

    def __init__(self, service_url, client_id, service_key, cache_seconds=5.0, timeout=2.5, max_entries=10_000):
        if not ADDRESS.match(service_url):
            raise ValueError("service_url has to begin with http:// or https://")
        self._url = service_url.rstrip("/") + "/oauth2/introspect"
        self._credentials = base64.b64encode(f"{client_id}:{service_key}".encode()).decode()
        self._cache_seconds, self._timeout, self._max_entries = cache_seconds, timeout, max_entries
        self._answers = {}

    def is_active(self, token):
        """Whether to accept the token. Raises OSError when nobody can tell: answer your caller 503."""
        key = hashlib.sha256(token.encode()).digest()
        is_active, until = self._answers.get(key, (False, 0.0))
        if until > time.monotonic():
            return is_active
        answer = self._introspect(token)
        is_active = answer["active"]
        # No longer than the token is good, and revoked tokens stay refused for as long.
        left = answer.get("exp", 0) - time.time() if is_active else self._cache_seconds
        if len(self._answers) >= self._max_entries:
            self._answers.clear()
        self._answers[key] = (is_active, time.monotonic() + min(self._cache_seconds, left))
        return is_active

    def _introspect(self, token):
        form = urllib.parse.urlencode({"token": token})
        kind = "application/x-www-form-urlencoded"
        status, _, text = _post(self._url, "Basic " + self._credentials, kind, form, self._timeout)
        answer = _parsed(text)
        is_understood = isinstance(answer.get("active"), bool) and isinstance(answer.get("exp", 0), (int, float))
        if status != 200 or not is_understood:
            raise OSError(f"The service answered {status}")
        return answer


if __name__ == "__main__":
    import sys

    command, url, *rest = sys.argv[1:]
    if command == "after-login":
        print(after_login(url, *rest))
    else:
        client_id, service_key, cache_seconds = rest
        check = TokenCheck(url, client_id, service_key, float(cache_seconds))
        for line in sys.stdin:
            try:
                print("active" if check.is_active(line.strip()) else "refused", flush=True)
            except OSError:
                print("unknown", flush=True)
