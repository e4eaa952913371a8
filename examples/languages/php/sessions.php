<?php
// Ends a user's other sessions after a login, and refuses revoked access tokens. Needs PHP 8.1 and nothing else.
declare(strict_types=1);

// Letter by letter one of trusted-documents.json, for services that accept no others.
const QUERY = 'mutation ClientAfterLogin($userId: ID!, $sessionId: ID, $applicationId: ID) {
  enforceSingleSession(userId: $userId, keepSessionId: $sessionId, applicationId: $applicationId) {
    outcome
    revokedCount
    failures { sessionId code retryable }
    userErrors { code message }
    warnings { code message }
  }
}';
const AGAIN = ['RATE_LIMITED', 'UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE', 'HELD_BY_ANOTHER_CALL', 'INTERNAL_SERVER_ERROR'];
const RESULTS = ['ENFORCED' => 'kept', 'WITHIN_LIMIT' => 'kept', 'SUPERSEDED' => 'superseded', 'NO_SESSIONS' => 'notLive'];
const ADDRESS = '~^https?://[^/?#]~i';

/** @return array{int, float, string} status (0: not reached), Retry-After in seconds, body of at most 1 MB */
function send(string $url, string $authorization, string $type, string $body, float $timeout): array
{
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => "Authorization: $authorization\r\nContent-Type: $type\r\nConnection: close",
        'content' => $body,
        'timeout' => $timeout,
        'ignore_errors' => true,
        'follow_location' => 0,
    ]]);
    $deadline = microtime(true) + $timeout;
    $stream = @fopen($url, 'r', false, $context);
    if ($stream === false) {
        return [0, 0.0, ''];
    }
    $text = '';
    while (!feof($stream) && strlen($text) < 1_000_000) {
        // The timeout of a stream is for each read: a body that comes bit by bit would take for ever.
        $left = $deadline - microtime(true);
        if ($left <= 0) {
            fclose($stream);
            return [0, 0.0, ''];
        }
        stream_set_timeout($stream, 0, (int) ceil($left * 1e6));
        // No more than is there: of a chunked body, fread would wait for all that it is asked for.
        $text .= (string) fread($stream, max(1, stream_get_meta_data($stream)['unread_bytes']));
    }
    $headers = implode("\n", stream_get_meta_data($stream)['wrapper_data'] ?? []);
    fclose($stream);
    preg_match('~^HTTP/\S+ (\d{3})~', $headers, $status);
    preg_match('~^retry-after: *(\d+)~im', $headers, $wait);
    return [(int) ($status[1] ?? 0), (float) ($wait[1] ?? 0), $text];
}

/** Answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the address, the key or the arguments). */
function afterLogin(string $serviceUrl, string $key, string $userId, ?string $sessionId, float $timeout = 5.0, int $attempts = 5): string
{
    if (!preg_match(ADDRESS, $serviceUrl)) {
        return 'rejected';
    }
    $deadline = microtime(true) + $timeout;
    $body = json_encode(['query' => QUERY, 'variables' => ['userId' => $userId, 'sessionId' => $sessionId]], JSON_THROW_ON_ERROR);
    for ($attempt = 0; $attempt < $attempts; $attempt++) {
        $left = $deadline - microtime(true);
        if ($left <= 0) {
            break;
        }
        [$status, $wait, $text] = send(rtrim($serviceUrl, '/') . '/graphql', "Bearer $key", 'application/json', $body, min(2.5, $left));
        $result = resultOf($status, json_decode($text, true));
        if ($result !== null) {
            return $result;
        }
        $wait = max($wait, mt_rand() / mt_getrandmax() * min(5.0, 0.2 * 2 ** $attempt));
        if ($wait >= $deadline - microtime(true)) {
            break;
        }
        usleep((int) ($wait * 1e6));
    }
    return 'incomplete';
}

/** Null: worth another attempt. */
function resultOf(int $status, mixed $answer): ?string
{
    if (!is_array($answer)) {
        return null;
    }
    if (is_array($answer['errors'] ?? null) && $answer['errors'] !== []) {
        // A proxy may answer in place of the service, and anything.
        $code = $answer['errors'][0]['extensions']['code'] ?? '';
        return in_array($code, AGAIN, true) || $status === 429 || $status >= 500 ? null : 'rejected';
    }
    $payload = $answer['data']['enforceSingleSession'] ?? [];
    $outcome = $payload['outcome'] ?? null;
    if (is_string($outcome) && isset(RESULTS[$outcome])) {
        return RESULTS[$outcome];
    }
    $userErrors = $payload['userErrors'] ?? [];
    $codes = is_array($userErrors) ? array_filter(array_column($userErrors, 'code'), 'is_string') : [];
    if (in_array('KEEP_SESSION_NOT_LIVE', $codes, true)) {
        return 'notLive';
    }
    return $outcome === null && $codes !== [] && array_intersect($codes, AGAIN) === [] ? 'rejected' : null;
}

/** Asks the service whether access tokens are good, and keeps an answer for a few seconds at most. */
final class TokenCheck
{
    /** @var array<string, array{bool, float}> In a web server, keep these in APCu instead: a request ends with its memory. */
    private array $answers = [];

    public function __construct(
        private readonly string $serviceUrl,
        private readonly string $clientId,
        private readonly string $key,
        private readonly float $cacheSeconds = 5.0,
        private readonly int $maxEntries = 10_000,
    ) {
        if (!preg_match(ADDRESS, $serviceUrl)) {
            throw new InvalidArgumentException('serviceUrl has to begin with http:// or https://');
        }
    }

    /** @throws RuntimeException when nobody can tell: answer your caller 503 */
    public function isActive(string $token): bool
    {
        $name = hash('sha256', $token);
        [$isActive, $until] = $this->answers[$name] ?? [false, 0.0];
        if ($until > microtime(true)) {
            return $isActive;
        }
        $basic = 'Basic ' . base64_encode("$this->clientId:$this->key");
        $form = http_build_query(['token' => $token]);
        [$status, , $text] = send(rtrim($this->serviceUrl, '/') . '/oauth2/introspect', $basic, 'application/x-www-form-urlencoded', $form, 2.5);
        $answer = json_decode($text, true);
        $ends = is_array($answer) ? $answer['exp'] ?? 0 : null;
        if ($status !== 200 || !(is_int($ends) || is_float($ends)) || !is_bool($answer['active'] ?? null)) {
            throw new RuntimeException("The service answered $status");
        }
        $isActive = $answer['active'];
        // No longer than the token is good, and revoked tokens stay refused for as long.
        $left = $isActive ? $ends - time() : $this->cacheSeconds;
        if (count($this->answers) >= $this->maxEntries) {
            $this->answers = [];
        }
        $this->answers[$name] = [$isActive, microtime(true) + min($this->cacheSeconds, $left)];
        return $isActive;
    }
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    [, $command, $url] = $argv;
    if ($command === 'after-login') {
        echo afterLogin($url, $argv[3], $argv[4], $argv[5] ?? null), "\n";
    } else {
        $check = new TokenCheck($url, $argv[3], $argv[4], (float) $argv[5]);
        while (($line = fgets(STDIN)) !== false) {
            try {
                echo $check->isActive(trim($line)) ? 'active' : 'refused', "\n";
            } catch (RuntimeException) {
                echo "unknown\n";
            }
        }
    }
}
