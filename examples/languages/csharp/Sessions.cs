// Ends a user's other sessions after a login, and refuses revoked access tokens. Needs .NET 6, .NET Framework 4.7.2 or
// Mono 6, and nothing else: with Mono
//   mcs -r:System.Net.Http -r:System.Runtime.Serialization Sessions.cs && mono Sessions.exe
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Reflection;
using System.Runtime.Serialization;
using System.Runtime.Serialization.Json;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Xml;

public static class Program
{
    public static void Main(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    private static async Task RunAsync(string[] args)
    {
        if (args[0] == "after-login")
        {
            var client = new SessionsClient(args[1], args[2]);
            Console.WriteLine(await client.AfterLoginAsync(args[3], args.Length > 4 ? args[4] : null));
            return;
        }
        var cache = TimeSpan.FromSeconds(double.Parse(args[4], System.Globalization.CultureInfo.InvariantCulture));
        var check = new TokenCheck(args[1], args[2], args[3], cache);
        for (var line = Console.ReadLine(); line != null; line = Console.ReadLine())
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
    }
}

public sealed class SessionsClient
{
    /// <summary>Letter by letter one of trusted-documents.json, for services that accept no others.</summary>
    private const string Query = "mutation ClientAfterLogin($userId: ID!, $sessionId: ID, $applicationId: ID) {\n"
        + "  enforceSingleSession(userId: $userId, keepSessionId: $sessionId, applicationId: $applicationId) {\n"
        + "    outcome\n"
        + "    revokedCount\n"
        + "    failures { sessionId code retryable }\n"
        + "    userErrors { code message }\n"
        + "    warnings { code message }\n"
        + "  }\n"
        + "}";

    private static readonly HashSet<string> Again = new HashSet<string>
    {
        "RATE_LIMITED", "UPSTREAM_TIMEOUT", "UPSTREAM_UNAVAILABLE", "HELD_BY_ANOTHER_CALL", "INTERNAL_SERVER_ERROR",
    };

    private static readonly Dictionary<string, string> Results = new Dictionary<string, string>
    {
        ["ENFORCED"] = "kept", ["WITHIN_LIMIT"] = "kept", ["SUPERSEDED"] = "superseded", ["NO_SESSIONS"] = "notLive",
    };

    private readonly string _url;
    private readonly string _key;

    public SessionsClient(string serviceUrl, string key)
    {
        _url = serviceUrl.TrimEnd('/') + "/graphql";
        _key = key;
    }

    /// <summary>
    /// Answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the key or the arguments).
    /// </summary>
    public async Task<string> AfterLoginAsync(
        string userId, string sessionId, TimeSpan? timeout = null, int attempts = 5)
    {
        var random = new Random();
        var limit = timeout ?? TimeSpan.FromSeconds(5);
        using (var deadline = new CancellationTokenSource(limit))
        {
            var variables = new Variables { UserId = userId, SessionId = sessionId };
            var body = Json.Write(new Operation { Query = Query, Variables = variables });
            try
            {
                for (var attempt = 0; attempt < attempts; attempt++)
                {
                    var attempted = await TryOnceAsync(body, deadline.Token);
                    if (attempted.Result != null) return attempted.Result;
                    // A proxy may ask for more days than a delay can be.
                    var wait = attempted.Wait < limit ? attempted.Wait : limit;
                    var backoff = TimeSpan.FromSeconds(random.NextDouble() * Math.Min(5, 0.2 * (1 << attempt)));
                    await Task.Delay(wait > backoff ? wait : backoff, deadline.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The deadline.
            }
            return "incomplete";
        }
    }

    private sealed class Attempt
    {
        /// <summary>Null: worth another attempt.</summary>
        internal string Result;
        internal TimeSpan Wait;
    }

    private async Task<Attempt> TryOnceAsync(string body, CancellationToken deadline)
    {
        using (var request = new HttpRequestMessage(HttpMethod.Post, _url))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _key);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            try
            {
                using (var response = await Web.Client.SendAsync(request, deadline))
                {
                    var wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
                    var answer = Json.Read<Answer>(await response.Content.ReadAsByteArrayAsync());
                    var result = answer == null ? null : ResultOf((int)response.StatusCode, answer);
                    return new Attempt { Result = result, Wait = wait };
                }
            }
            catch (HttpRequestException)
            {
                return new Attempt();
            }
            catch (TaskCanceledException) when (!deadline.IsCancellationRequested)
            {
                return new Attempt();
            }
        }
    }

    private static string ResultOf(int status, Answer answer)
    {
        if (answer.Errors != null && answer.Errors.Length > 0)
        {
            var code = answer.Errors[0]?.Extensions?.Code ?? "";
            return Again.Contains(code) || status == 429 || status >= 500 ? null : "rejected";
        }
        var payload = answer.Data?.EnforceSingleSession;
        if (payload?.Outcome != null) return Results.TryGetValue(payload.Outcome, out var result) ? result : null;
        var codes = (payload?.UserErrors ?? new UserError[0]).Select(error => error?.Code).ToList();
        if (codes.Contains("KEEP_SESSION_NOT_LIVE")) return "notLive";
        return codes.Count > 0 && !codes.Any(Again.Contains) ? "rejected" : null;
    }
}

/// <summary>Asks the service whether access tokens are good, and keeps an answer for a few seconds at most.</summary>
public sealed class TokenCheck
{
    private readonly ConcurrentDictionary<string, Known> _answers = new ConcurrentDictionary<string, Known>();
    private readonly string _url;
    private readonly string _credentials;
    private readonly TimeSpan _cache;
    private readonly int _maxEntries;

    public TokenCheck(string serviceUrl, string clientId, string key, TimeSpan cache, int maxEntries = 10_000)
    {
        _url = serviceUrl.TrimEnd('/') + "/oauth2/introspect";
        _credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(clientId + ":" + key));
        _cache = cache;
        _maxEntries = maxEntries;
    }

    /// <exception cref="HttpRequestException">Nobody can tell: answer your caller 503.</exception>
    public async Task<bool> IsActiveAsync(string token)
    {
        var name = Hash(token);
        Known known;
        if (_answers.TryGetValue(name, out known) && known.Until > DateTimeOffset.UtcNow) return known.IsActive;
        var answer = await IntrospectAsync(token);
        // No longer than the token is good, and revoked tokens stay refused for as long.
        var until = DateTimeOffset.UtcNow + _cache;
        var ends = DateTimeOffset.FromUnixTimeSeconds(answer.Exp);
        var isActive = answer.Active == true;
        if (isActive && ends < until) until = ends;
        if (_answers.Count >= _maxEntries) _answers.Clear();
        _answers[name] = new Known { IsActive = isActive, Until = until };
        return isActive;
    }

    private async Task<Introspection> IntrospectAsync(string token)
    {
        using (var request = new HttpRequestMessage(HttpMethod.Post, _url))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", _credentials);
            request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token });
            try
            {
                using (var response = await Web.Client.SendAsync(request))
                {
                    response.EnsureSuccessStatusCode();
                    var answer = Json.Read<Introspection>(await response.Content.ReadAsByteArrayAsync());
                    return answer?.Active != null ? answer : throw new HttpRequestException("This is no answer of the service");
                }
            }
            catch (TaskCanceledException error)
            {
                throw new HttpRequestException("The service took too long", error);
            }
        }
    }

    private sealed class Known
    {
        internal bool IsActive;
        internal DateTimeOffset Until;
    }

    private static string Hash(string token)
    {
        using (var hash = SHA256.Create()) return Convert.ToBase64String(hash.ComputeHash(Encoding.UTF8.GetBytes(token)));
    }
}

internal static class Web
{
    /// <summary>
    /// One for all calls, which share its connections. A redirect would take tokens elsewhere, and strangers would answer.
    /// </summary>
    internal static readonly HttpClient Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(2.5), MaxResponseContentBufferSize = 1_000_000,
    };
}

internal static class Json
{
    internal static string Write<T>(T value)
    {
        using (var stream = new MemoryStream())
        {
            new DataContractJsonSerializer(typeof(T)).WriteObject(stream, value);
            return Encoding.UTF8.GetString(stream.ToArray());
        }
    }

    /// <summary>Null for what is no such JSON.</summary>
    internal static T Read<T>(byte[] bytes) where T : class
    {
        try
        {
            using (var stream = new MemoryStream(bytes))
            {
                return new DataContractJsonSerializer(typeof(T)).ReadObject(stream) as T;
            }
        }
        catch (Exception error) when (error is SerializationException || error is FormatException
            || error is XmlException || error is TargetInvocationException)
        {
            return null;
        }
    }
}

[DataContract]
internal sealed class Operation
{
    [DataMember(Name = "query")] internal string Query { get; set; }
    [DataMember(Name = "variables")] internal Variables Variables { get; set; }
}

[DataContract]
internal sealed class Variables
{
    [DataMember(Name = "userId")] internal string UserId { get; set; }
    [DataMember(Name = "sessionId")] internal string SessionId { get; set; }
}

[DataContract]
internal sealed class Answer
{
    [DataMember(Name = "data")] internal Data Data { get; set; }
    [DataMember(Name = "errors")] internal Error[] Errors { get; set; }
}

[DataContract]
internal sealed class Data
{
    [DataMember(Name = "enforceSingleSession")] internal Payload EnforceSingleSession { get; set; }
}

[DataContract]
internal sealed class Payload
{
    [DataMember(Name = "outcome")] internal string Outcome { get; set; }
    [DataMember(Name = "userErrors")] internal UserError[] UserErrors { get; set; }
}

[DataContract]
internal sealed class UserError
{
    [DataMember(Name = "code")] internal string Code { get; set; }
}

[DataContract]
internal sealed class Error
{
    [DataMember(Name = "extensions")] internal Extensions Extensions { get; set; }
}

[DataContract]
internal sealed class Extensions
{
    [DataMember(Name = "code")] internal string Code { get; set; }
}

[DataContract]
internal sealed class Introspection
{
    [DataMember(Name = "active")] internal bool? Active { get; set; }
    /// <summary>When the token ends, in seconds since 1970.</summary>
    [DataMember(Name = "exp")] internal long Exp { get; set; }
}
