# Ends a user's other sessions after a login, and refuses revoked access tokens. Needs Ruby 3.0 and nothing else.
require 'digest'
require 'json'
require 'net/http'
require 'timeout'

module Sessions
  # Letter by letter one of trusted-documents.json, for services that accept no others.
  QUERY = <<~GRAPHQL.chomp.freeze
    mutation ClientAfterLogin($userId: ID!, $sessionId: ID, $applicationId: ID) {
      enforceSingleSession(userId: $userId, keepSessionId: $sessionId, applicationId: $applicationId) {
        outcome
        revokedCount
        failures { sessionId code retryable }
        userErrors { code message }
        warnings { code message }
      }
    }
  GRAPHQL
  AGAIN = %w[RATE_LIMITED UPSTREAM_TIMEOUT UPSTREAM_UNAVAILABLE HELD_BY_ANOTHER_CALL INTERNAL_SERVER_ERROR].freeze
  RESULTS = {
    'ENFORCED' => 'kept', 'WITHIN_LIMIT' => 'kept', 'SUPERSEDED' => 'superseded', 'NO_SESSIONS' => 'notLive'
  }.freeze
  UNREACHABLE = [
    SystemCallError, SocketError, IOError, Timeout::Error, OpenSSL::SSL::SSLError, Zlib::Error, Net::ProtocolError,
    Net::HTTPBadResponse, Net::HTTPHeaderSyntaxError
  ].freeze
  MAX_ANSWER_BYTES = 1_000_000

  module_function

  # Answers kept, superseded, notLive, incomplete (call again later) or rejected (mend the key or the arguments).
  def after_login(service_url, key, user_id, session_id = nil, timeout: 5.0, attempts: 5)
    deadline = now + timeout
    attempts.times do |attempt|
      left = deadline - now
      break if left <= 0

      result, wait = try_once(service_url, key, { userId: user_id, sessionId: session_id }, [2.5, left].min)
      return result if result

      wait = [wait, rand * [5.0, 0.2 * 2**attempt].min].max
      break if wait >= deadline - now

      sleep wait
    end
    'incomplete'
  end

  # The result, or nil and how long to wait at least before the next attempt, in seconds.
  def try_once(service_url, key, variables, timeout)
    request = Net::HTTP::Post.new(URI("#{service_url.chomp('/')}/graphql"))
    request['Authorization'] = "Bearer #{key}"
    request['Content-Type'] = 'application/json'
    request.body = JSON.generate(query: QUERY, variables: variables)
    response, text = post(request, timeout)
    [result_of(response.code.to_i, JSON.parse(text)), response['Retry-After'].to_f]
  rescue JSON::ParserError, *UNREACHABLE
    [nil, response ? response['Retry-After'].to_f : 0]
  end

  # A proxy may answer in place of the service, and anything.
  def result_of(status, answer)
    errors = objects_in(object_in(answer)['errors'])
    if errors.any?
      code = object_in(errors[0]['extensions'])['code']
      return AGAIN.include?(code) || status == 429 || status >= 500 ? nil : 'rejected'
    end
    payload = object_in(object_in(object_in(answer)['data'])['enforceSingleSession'])
    return RESULTS[payload['outcome']] if RESULTS.key?(payload['outcome'])

    codes = objects_in(payload['userErrors']).map { |error| error['code'] }
    return 'notLive' if codes.include?('KEEP_SESSION_NOT_LIVE')

    'rejected' if payload['outcome'].nil? && codes.any? && (codes & AGAIN).empty?
  end

  def object_in(value) = value.is_a?(Hash) ? value : {}

  def objects_in(value) = value.is_a?(Array) ? value.map { |one| object_in(one) } : []

  # The response and its body. The timeout of Net::HTTP is for each read: an answer that comes bit by bit would take for
  # ever.
  def post(request, timeout)
    uri = request.uri
    options = { use_ssl: uri.scheme == 'https', open_timeout: timeout, read_timeout: timeout, max_retries: 0 }
    text = +''
    Timeout.timeout(timeout) do
      Net::HTTP.start(uri.hostname, uri.port, **options) do |http|
        response = http.request(request) do |begun|
          begun.read_body do |part|
            raise IOError, 'The answer is too long' if (text << part).bytesize > MAX_ANSWER_BYTES
          end
        end
        [response, text]
      end
    end
  end

  def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)

  # Nobody can tell whether a token is good: answer your caller 503.
  class Unknown < StandardError; end

  # Asks the service whether access tokens are good, and keeps an answer for a few seconds at most.
  class TokenCheck
    def initialize(service_url, client_id, key, cache_seconds: 5.0, timeout: 2.5, max_entries: 10_000)
      @uri = URI("#{service_url.chomp('/')}/oauth2/introspect")
      @client_id = client_id
      @key = key
      @cache_seconds = cache_seconds
      @timeout = timeout
      @max_entries = max_entries
      @answers = {}
      @lock = Mutex.new
    end

    # Raises Unknown.
    def active?(token)
      name = Digest::SHA256.digest(token)
      is_active, ends = @lock.synchronize { @answers[name] }
      return is_active if ends && ends > Sessions.now

      answer = introspect(token)
      is_active = answer['active']
      # No longer than the token is good, and revoked tokens stay refused for as long.
      left = is_active ? answer['exp'].to_i - Time.now.to_f : @cache_seconds
      @lock.synchronize do
        @answers.clear if @answers.size >= @max_entries
        @answers[name] = [is_active, Sessions.now + [@cache_seconds, left].min]
      end
      is_active
    end

    private

    def introspect(token)
      request = Net::HTTP::Post.new(@uri)
      request.basic_auth(@client_id, @key)
      request.set_form_data(token: token)
      response, text = Sessions.post(request, @timeout)
      answer = response.code == '200' ? Sessions.object_in(JSON.parse(text)) : {}
      is_understood = [true, false].include?(answer['active']) && (answer['exp'] || 0).is_a?(Numeric)
      raise Unknown, "The service answered #{response.code}" unless is_understood

      answer
    rescue JSON::ParserError, *UNREACHABLE => e
      raise Unknown, e.class.name
    end
  end
end

if $PROGRAM_NAME == __FILE__
  command, url, *rest = ARGV
  if command == 'after-login'
    puts Sessions.after_login(url, *rest)
  else
    client_id, key, cache_seconds = rest
    check = Sessions::TokenCheck.new(url, client_id, key, cache_seconds: cache_seconds.to_f)
    $stdout.sync = true
    $stdin.each_line do |line|
      puts check.active?(line.strip) ? 'active' : 'refused'
    rescue Sessions::Unknown
      puts 'unknown'
    end
  end
end
