// Ends a user's other sessions after a login, and refuses revoked access tokens. Needs Go 1.19 and nothing else.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Letter by letter one of trusted-documents.json, for services that accept no others.
const query = `mutation ClientAfterLogin($userId: ID!, $sessionId: ID, $applicationId: ID) {
  enforceSingleSession(userId: $userId, keepSessionId: $sessionId, applicationId: $applicationId) {
    outcome
    revokedCount
    failures { sessionId code retryable }
    userErrors { code message }
    warnings { code message }
  }
}`

var again = map[string]bool{
	"RATE_LIMITED": true, "UPSTREAM_TIMEOUT": true, "UPSTREAM_UNAVAILABLE": true,
	"HELD_BY_ANOTHER_CALL": true, "INTERNAL_SERVER_ERROR": true,
}

var results = map[string]string{
	"ENFORCED": "kept", "WITHIN_LIMIT": "kept", "SUPERSEDED": "superseded", "NO_SESSIONS": "notLive",
}

const maxAnswerBytes = 1_000_000

// A redirect would take tokens elsewhere, and strangers would answer.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// AfterLogin answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the address, the key or the
// arguments).
// The deadline of the context bounds it.
func AfterLogin(ctx context.Context, serviceURL, key, userID string, sessionID *string, attempts int) string {
	if parsed, err := url.Parse(serviceURL); err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		return "rejected"
	}
	variables := map[string]any{"userId": userID, "sessionId": sessionID}
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return "rejected"
	}
	for attempt := 0; attempt < attempts; attempt++ {
		status, wait, text := post(ctx, strings.TrimRight(serviceURL, "/")+"/graphql", "Bearer "+key, "application/json", body)
		if result := resultOf(status, text); result != "" {
			return result
		}
		backoff := 200 * time.Millisecond << attempt
		if backoff > 5*time.Second {
			backoff = 5 * time.Second
		}
		if jittered := time.Duration(rand.Float64() * float64(backoff)); jittered > wait {
			wait = jittered
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
			break
		}
		select {
		case <-ctx.Done():
			return "incomplete"
		case <-time.After(wait):
		}
	}
	return "incomplete"
}

// resultOf answers nothing where another attempt is worth it.
func resultOf(status int, text []byte) string {
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
		Data   struct {
			EnforceSingleSession struct {
				Outcome    *string
				UserErrors []struct{ Code string }
			}
		}
	}
	if json.Unmarshal(text, &answer) != nil {
		return ""
	}
	if len(answer.Errors) > 0 {
		if again[answer.Errors[0].Extensions.Code] || status == 429 || status >= 500 {
			return ""
		}
		return "rejected"
	}
	payload := answer.Data.EnforceSingleSession
	if payload.Outcome != nil {
		return results[*payload.Outcome]
	}
	result := ""
	for _, problem := range payload.UserErrors {
		if problem.Code == "KEEP_SESSION_NOT_LIVE" {
			return "notLive"
		}
		if again[problem.Code] {
			return ""
		}
		result = "rejected"
	}
	return result
}

// post answers the status (0: not reached), Retry-After, and the body.
func post(ctx context.Context, address, authorization, contentType string, body []byte) (int, time.Duration, []byte) {
	ctx, cancel := context.WithTimeout(ctx, 2500*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, 0, nil
	}
	request.Header.Set("Authorization", authorization)
	request.Header.Set("Content-Type", contentType)
	response, err := client.Do(request)
	if err != nil {
		return 0, 0, nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes))
	if err != nil {
		return 0, 0, nil
	}
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return response.StatusCode, time.Duration(seconds) * time.Second, text
}

// ErrUnknown: nobody can tell whether the token is good. Answer your caller 503.
var ErrUnknown = errors.New("the service cannot be asked")

// TokenCheck asks the service whether access tokens are good, and keeps an answer for a few seconds at most.
type TokenCheck struct {
	ServiceURL, ClientID, Key string
	Cache                     time.Duration
	MaxEntries                int

	lock    sync.Mutex
	answers map[[sha256.Size]byte]answer
}

type answer struct {
	active bool
	until  time.Time
}

// IsActive says whether to accept the token.
func (check *TokenCheck) IsActive(ctx context.Context, token string) (bool, error) {
	name := sha256.Sum256([]byte(token))
	check.lock.Lock()
	known, found := check.answers[name]
	check.lock.Unlock()
	if found && time.Now().Before(known.until) {
		return known.active, nil
	}
	request, err := http.NewRequest(http.MethodPost, check.ServiceURL, nil)
	if err != nil {
		return false, ErrUnknown
	}
	request.SetBasicAuth(check.ClientID, check.Key)
	form := url.Values{"token": {token}}.Encode()
	authorization := request.Header.Get("Authorization")
	status, _, text := post(ctx, strings.TrimRight(check.ServiceURL, "/")+"/oauth2/introspect", authorization, "application/x-www-form-urlencoded", []byte(form))
	var told struct {
		Active *bool
		Exp    int64
	}
	if status != http.StatusOK || json.Unmarshal(text, &told) != nil || told.Active == nil {
		return false, ErrUnknown
	}
	// No longer than the token is good, and revoked tokens stay refused for as long.
	until := time.Now().Add(check.Cache)
	if ends := time.Unix(told.Exp, 0); *told.Active && ends.Before(until) {
		until = ends
	}
	check.lock.Lock()
	defer check.lock.Unlock()
	if check.answers == nil || len(check.answers) >= check.MaxEntries {
		check.answers = map[[sha256.Size]byte]answer{}
	}
	check.answers[name] = answer{*told.Active, until}
	return *told.Active, nil
}

func main() {
	command, serviceURL, rest := os.Args[1], os.Args[2], os.Args[3:]
	if command == "after-login" {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		var sessionID *string
		if len(rest) > 2 {
			sessionID = &rest[2]
		}
		fmt.Println(AfterLogin(ctx, serviceURL, rest[0], rest[1], sessionID, 5))
		return
	}
	seconds, err := strconv.ParseFloat(rest[2], 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	cache := time.Duration(seconds * float64(time.Second))
	check := &TokenCheck{ServiceURL: serviceURL, ClientID: rest[0], Key: rest[1], Cache: cache, MaxEntries: 10_000}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		active, err := check.IsActive(context.Background(), strings.TrimSpace(lines.Text()))
		switch {
		case err != nil:
			fmt.Println("unknown")
		case active:
			fmt.Println("active")
		default:
			fmt.Println("refused")
		}
	}
}
