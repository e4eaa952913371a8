// Ends a user's other sessions after a login, and refuses revoked access tokens. Needs Java 17 and nothing else.
// The JDK has no parser of JSON, so that patterns read the few members that count: they match outside of strings only, since a
// quote within a string is escaped. With a library for JSON, use that.
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

public final class Sessions {
  /** Letter by letter one of trusted-documents.json, for services that accept no others. Escaped for JSON. */
  private static final String QUERY = "mutation ClientAfterLogin($userId: ID!, $sessionId: ID, $applicationId: ID) {\\n"
      + "  enforceSingleSession(userId: $userId, keepSessionId: $sessionId, applicationId: $applicationId) {\\n"
      + "    outcome\\n"
      + "    revokedCount\\n"
      + "    failures { sessionId code retryable }\\n"
      + "    userErrors { code message }\\n"
      + "    warnings { code message }\\n"
      + "  }\\n"
      + "}";
  private static final Set<String> AGAIN = Set.of("RATE_LIMITED", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE",
      "HELD_BY_ANOTHER_CALL", "INTERNAL_SERVER_ERROR");
  private static final Map<String, String> RESULTS = Map.of("ENFORCED", "kept", "WITHIN_LIMIT", "kept", "SUPERSEDED",
      "superseded", "NO_SESSIONS", "notLive");
  private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int MAX_ANSWER_BYTES = 1_000_000;
  private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(2)).build();

  /** Status 0: the service was not reached. */
  private record Answer(int status, double retryAfterSeconds, String text) {}

  /**
   * Answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the key or the arguments).
   */
  static String afterLogin(String serviceUrl, String key, String userId, String sessionId, Duration timeout, int attempts)
      throws InterruptedException {
    // Ids need no escaping, so that no text of a stranger gets into the body.
    if (!UUID.matcher(userId).matches() || (sessionId != null && !UUID.matcher(sessionId).matches())) return "rejected";
    String session = sessionId == null ? "null" : '"' + sessionId + '"';
    String body = "{\"query\":\"" + QUERY + "\",\"variables\":{\"userId\":\"" + userId + "\",\"sessionId\":" + session + "}}";
    long deadline = System.nanoTime() + timeout.toNanos();
    for (int attempt = 0; attempt < attempts; attempt++) {
      double left = (deadline - System.nanoTime()) / 1e9;
      if (left <= 0) break;
      Answer answer = post(serviceUrl.replaceAll("/+$", "") + "/graphql", "Bearer " + key, "application/json", body, Math.min(2.5, left));
      String result = resultOf(answer);
      if (result != null) return result;
      double backoff = ThreadLocalRandom.current().nextDouble() * Math.min(5.0, 0.2 * (1 << attempt));
      double wait = Math.max(answer.retryAfterSeconds(), backoff);
      if (wait >= (deadline - System.nanoTime()) / 1e9) break;
      Thread.sleep((long) (wait * 1000));
    }
    return "incomplete";
  }

  /** Null: worth another attempt. */
  private static String resultOf(Answer answer) {
    List<String> codes = members(answer.text(), "code");
    boolean mayPass = codes.stream().anyMatch(AGAIN::contains);
    if (Pattern.compile("^\\s*\\{\\s*\"errors\"\\s*:\\s*\\[\\s*\\{").matcher(answer.text()).find()) {
      return mayPass || answer.status() == 429 || answer.status() >= 500 ? null : "rejected";
    }
    List<String> outcomes = members(answer.text(), "outcome");
    if (!outcomes.isEmpty()) return RESULTS.get(outcomes.get(0));
    if (codes.contains("KEEP_SESSION_NOT_LIVE")) return "notLive";
    return codes.isEmpty() || mayPass ? null : "rejected";
  }

  private static List<String> members(String json, String name) {
    var matcher = Pattern.compile("(?<!\\\\)\"" + name + "\"\\s*:\\s*\"(\\w+)\"").matcher(json);
    List<String> found = new ArrayList<>();
    while (matcher.find()) found.add(matcher.group(1));
    return found;
  }

  private static Answer post(String url, String authorization, String type, String body, double timeoutSeconds)
      throws InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(url)).header("Authorization", authorization)
        .header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    var bytes = new ByteArrayOutputStream();
    var sent = CLIENT.sendAsync(request, HttpResponse.BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(some -> {
      if (bytes.size() < MAX_ANSWER_BYTES) bytes.writeBytes(some);
    })));
    try {
      // The timeout of a request is for its headers only: a body that comes bit by bit would take for ever.
      var response = sent.get((long) (timeoutSeconds * 1000), TimeUnit.MILLISECONDS);
      String wait = response.headers().firstValue("Retry-After").orElse("0");
      double seconds = wait.matches("\\d{1,6}") ? Double.parseDouble(wait) : 0;
      return new Answer(response.statusCode(), seconds, bytes.toString(StandardCharsets.UTF_8));
    } catch (ExecutionException | TimeoutException unreachable) {
      sent.cancel(true);
      return new Answer(0, 0, "");
    }
  }

  /** Asks the service whether access tokens are good, and keeps an answer for a few seconds at most. */
  static final class TokenCheck {
    private record Known(boolean isActive, long untilNanos) {}

    private static final int MAX_ENTRIES = 10_000;
    private final Map<String, Known> answers = new ConcurrentHashMap<>();
    private final String url;
    private final String authorization;
    private final double cacheSeconds;

    TokenCheck(String serviceUrl, String clientId, String key, double cacheSeconds) {
      this.url = serviceUrl.replaceAll("/+$", "") + "/oauth2/introspect";
      String credentials = clientId + ":" + key;
      this.authorization = "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
      this.cacheSeconds = cacheSeconds;
    }

    /** @throws IOException when nobody can tell: answer your caller 503. */
    boolean isActive(String token) throws IOException, InterruptedException {
      String name = sha256(token);
      Known known = answers.get(name);
      if (known != null && known.untilNanos() - System.nanoTime() > 0) return known.isActive();
      String form = "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
      Answer answer = post(url, authorization, "application/x-www-form-urlencoded", form, 2.5);
      var active = Pattern.compile("(?<!\\\\)\"active\"\\s*:\\s*(true|false)").matcher(answer.text());
      boolean isOdd = Pattern.compile("(?<!\\\\)\"exp\"\\s*:\\s*[^\\s\\d]").matcher(answer.text()).find();
      if (answer.status() != 200 || isOdd || !active.find()) throw new IOException("The service answered " + answer.status());
      boolean isActive = active.group(1).equals("true");
      var exp = Pattern.compile("(?<!\\\\)\"exp\"\\s*:\\s*(\\d{1,12})").matcher(answer.text());
      // No longer than the token is good, and revoked tokens stay refused for as long.
      double left = !isActive ? cacheSeconds : exp.find() ? Long.parseLong(exp.group(1)) - System.currentTimeMillis() / 1e3 : 0;
      if (answers.size() >= MAX_ENTRIES) answers.clear();
      answers.put(name, new Known(isActive, System.nanoTime() + (long) (Math.min(cacheSeconds, left) * 1e9)));
      return isActive;
    }

    private static String sha256(String token) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(digest);
      } catch (NoSuchAlgorithmException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("after-login")) {
      String sessionId = args.length > 4 ? args[4] : null;
      System.out.println(afterLogin(args[1], args[2], args[3], sessionId, Duration.ofSeconds(5), 5));
      return;
    }
    var check = new TokenCheck(args[1], args[2], args[3], Double.parseDouble(args[4]));
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String answer;
      try {
        answer = check.isActive(line.strip()) ? "active" : "refused";
      } catch (IOException unknown) {
        answer = "unknown";
      }
      System.out.println(answer);
    }
  }
}
