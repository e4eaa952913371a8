// Ends a user's other sessions after a login, and refuses revoked access tokens. Needs .NET 8 and nothing else.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

if (args[0] == "after-login")
{
    var client = new SessionsClient(args[1], args[2]);
    Console.WriteLine(await client.AfterLoginAsync(args[3], args.Length > 4 ? args[4] : null));
    return;
}
var check = new TokenCheck(args[1], args[2], args[3], TimeSpan.FromSeconds(double.Parse(args[4])));
while (Console.ReadLine() is { } line)
{
    try
    {
        Console.WriteLine(await check.IsActiveAsync(line.Trim()) ? "active" : "refused");
    }
    catch (HttpRequestException)
    {
        Console.WriteLine("unknown");
    }
}

public sealed class SessionsClient(string serviceUrl, string key)
{
    private const string Query = """
        mutation AfterLogin($userId: ID!, $sessionId: ID) {
          enforceSingleSession(userId: $userId, keepSessionId: $sessionId) { outcome userErrors { code } }
        }
        """;

    private static readonly HashSet<string?> Again =
        ["RATE_LIMITED", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE", "HELD_BY_ANOTHER_CALL", "INTERNAL_SERVER_ERROR"];

    private static readonly Dictionary<string, string> Results = new()
    {
        ["ENFORCED"] = "kept", ["WITHIN_LIMIT"] = "kept", ["SUPERSEDED"] = "superseded", ["NO_SESSIONS"] = "notLive",
    };

    private static readonly HttpClient Http = new()
    {
        Timeout = TimeSpan.FromSeconds(2.5), MaxResponseContentBufferSize = 1_000_000,
    };

    /// <summary>
    /// Answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the key or the arguments).
    /// </summary>
    public async Task<string> AfterLoginAsync(string userId, string? sessionId, TimeSpan? timeout = null, int attempts = 5)
    {
        using var deadline = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(5));
        var body = JsonSerializer.Serialize(new { query = Query, variables = new { userId, sessionId } });
        try
        {
            for (var attempt = 0; attempt < attempts; attempt++)
            {
                var (result, wait) = await TryOnceAsync(body, deadline.Token);
                if (result is not null) return result;
                var backoff = TimeSpan.FromSeconds(Random.Shared.NextDouble() * Math.Min(5, 0.2 * (1 << attempt)));
                await Task.Delay(wait > backoff ? wait : backoff, deadline.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The deadline.
        }
        return "incomplete";
    }

    private async Task<(string? Result, TimeSpan Wait)> TryOnceAsync(string body, CancellationToken deadline)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{serviceUrl}/graphql");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await Http.SendAsync(request, deadline);
            var wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
            try
            {
                using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(deadline));
                return (ResultOf(response.StatusCode, answer.RootElement), wait);
            }
            catch (JsonException)
            {
                return (null, wait);
            }
        }
        catch (Exception error) when (error is HttpRequestException || !deadline.IsCancellationRequested && error is TaskCanceledException)
        {
            return (null, TimeSpan.Zero);
        }
    }

    /// <summary>Null: worth another attempt.</summary>
    private static string? ResultOf(HttpStatusCode status, JsonElement answer)
    {
        if (answer.TryGetProperty("errors", out var errors) && errors.GetArrayLength() > 0)
        {
            var code = errors[0].TryGetProperty("extensions", out var details) ? Text(details, "code") : null;
            return Again.Contains(code) || status == HttpStatusCode.TooManyRequests || (int)status >= 500 ? null : "rejected";
        }
        var payload = answer.GetProperty("data").GetProperty("enforceSingleSession");
        if (Text(payload, "outcome") is { } outcome) return Results.GetValueOrDefault(outcome);
        var codes = payload.GetProperty("userErrors").EnumerateArray().Select(error => Text(error, "code")).ToList();
        if (codes.Contains("KEEP_SESSION_NOT_LIVE")) return "notLive";
        return codes.Count > 0 && !codes.Any(Again.Contains) ? "rejected" : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Asks the service whether access tokens are good, and keeps an answer for a few seconds at most.</summary>
public sealed class TokenCheck(string serviceUrl, string clientId, string key, TimeSpan cache, int maxEntries = 10_000)
{
    private static readonly HttpClient Http = new()
    {
        Timeout = TimeSpan.FromSeconds(2.5), MaxResponseContentBufferSize = 1_000_000,
    };

    private readonly ConcurrentDictionary<string, (bool IsActive, DateTimeOffset Until)> _answers = new();

    /// <exception cref="HttpRequestException">Nobody can tell: answer your caller 503.</exception>
    public async Task<bool> IsActiveAsync(string token)
    {
        var name = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_answers.TryGetValue(name, out var known) && known.Until > DateTimeOffset.UtcNow) return known.IsActive;
        using var answer = await IntrospectAsync(token);
        var isActive = answer.RootElement.TryGetProperty("active", out var active) && active.ValueKind == JsonValueKind.True;
        // No longer than the token is good, and revoked tokens stay refused for as long.
        var until = DateTimeOffset.UtcNow + cache;
        if (isActive)
        {
            var ends = DateTimeOffset.FromUnixTimeSeconds(answer.RootElement.GetProperty("exp").GetInt64());
            if (ends < until) until = ends;
        }
        if (_answers.Count >= maxEntries) _answers.Clear();
        _answers[name] = (isActive, until);
        return isActive;
    }

    private async Task<JsonDocument> IntrospectAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{serviceUrl}/oauth2/introspect");
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{key}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token });
        try
        {
            using var response = await Http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            return JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        }
        catch (Exception error) when (error is TaskCanceledException or JsonException)
        {
            throw new HttpRequestException("The service cannot be asked", error);
        }
    }
}
