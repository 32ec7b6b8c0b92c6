import AsyncHTTPClient
import Basics
import Logging
import Metrics
import NIOPosix
import Reporting
import StrictJSON
import Synchronization

/// Asks the AI service for challenges, and for the types of tasks.
///
/// The service is an HTTP server of the operator's choice that takes two requests, both `POST` with JSON, and with
/// `Authorization: Bearer <token>` if a token is set:
///
/// - `<url>/generate-challenge`, see ``challenge(for:preferences:difficulty:)``
/// - `<url>/understand-task`, see ``type(of:)``
///
/// Each request has 10 s. A connection that breaks, a time-out and a status of 500 or more are tried twice more after a
/// short wait. Every failed request counts for the circuit breaker, and so does an answer that does not fit the schema:
/// after 5 failures in 30 s the service is not asked for 30 s, and then by one request. Redirects are not followed, and
/// an answer longer than 64 KiB is a failure.
public final class AIClient: Sendable {
    private let exchange: AIExchange
    private let limits: AILimits
    private let breaker: Mutex<CircuitBreaker>
    private let metrics: AIMetrics
    private let trouble: TroubleLog
    private let now: @Sendable () -> Duration

    /// - Parameters:
    ///   - url: where the service is, `http://…` or `https://…`, without a query. The paths are appended to it.
    ///   - token: shown to the service; nil for none.
    ///   - now: a steady clock, for the breaker.
    ///   - group: the event loops of connections.
    public init(
        url: String, token: String?, limits: AILimits = AILimits(), rule: CircuitBreaker.Rule = CircuitBreaker.Rule(),
        group: MultiThreadedEventLoopGroup = .singleton, logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory, now: (@Sendable () -> Duration)? = nil
    ) {
        exchange = AIExchange(url: url, token: token, limits: limits, group: group)
        self.limits = limits
        breaker = Mutex(CircuitBreaker(rule))
        self.metrics = AIMetrics(factory: metrics)
        trouble = TroubleLog(
            warning: "The AI service fails; challenges come from the built-in generator",
            notice: "The AI service answers again", logger: logger)
        let start = ContinuousClock.now
        self.now = now ?? { ContinuousClock.now - start }
    }

    /// The state of the circuit breaker.
    public var breakerState: CircuitBreaker.State { breaker.withLock { $0.state } }

    /// Asks for a challenge.
    ///
    /// The request is `POST /generate-challenge` with `{"task":{"title","description","type","priority","tags"},
    /// "userPreferences":{…},"difficulty":"easy|medium|hard"}`. The answer must be 200 with
    /// `{"challenge":{"title","description","steps","hints"}}`: a title of 1 to 200 characters on one line, a
    /// description of up to 10,000, up to 20 steps of 1 to 500, and up to 10 hints `{"text","cost"}`, whose text has 1
    /// to 1000 characters and whose cost is an integer from 0 to 1,000,000. Other members are ignored.
    ///
    /// - Parameter preferences: one JSON object: the preferences in the user's profile.
    public func challenge(
        for task: AITask, preferences: String, difficulty: String
    ) async throws(AIError) -> AIChallenge {
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        json.key("task")
        task.write(to: &json)
        json.key("userPreferences")
        var preferences = preferences
        preferences.withUTF8 { json.encoded(UnsafeRawBufferPointer($0)) }
        json.member("difficulty", difficulty)
        json.endObject()
        return try await ask("generate-challenge", json.sink) { answer throws(AIError) in
            try AIChallenge(answer: answer)
        }
    }

    /// Asks for the type of a task that has none.
    ///
    /// The request is `POST /understand-task` with `{"task":{…}}`, as above. The answer must be 200 with `{"type"}`: 1
    /// to 64 of `A-Z a-z 0-9 _ -`.
    public func type(of task: AITask) async throws(AIError) -> String {
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        json.key("task")
        task.write(to: &json)
        json.endObject()
        return try await ask("understand-task", json.sink) { answer throws(AIError) in
            let type = try AIAnswer(answer).member("type").text(characters: 1...64, isOneLine: true)
            guard type.utf8.allSatisfy({ $0.isIDByte }) else {
                throw AIError(.invalid, "In the answer, type must be 1 to 64 of A-Z a-z 0-9 _ -.")
            }
            return type
        }
    }

    private func ask<Answer>(
        _ path: String, _ body: [UInt8], _ read: ([UInt8]) throws(AIError) -> Answer
    ) async throws(AIError) -> Answer {
        var failures = 0
        while true {
            do throws(AIError) {
                let answer = try await attempt(path, body, read)
                trouble.recordSuccess()
                return answer
            } catch {
                failures += 1
                guard error.mayPass, failures < limits.triesMax else {
                    if error.kind != .cancelled, error.kind != .open { trouble.recordFailure(error) }
                    throw error
                }
            }
            do {
                try await Task.sleep(for: limits.backoff.wait(failures: failures))
            } catch {
                throw AIError(.cancelled, "The caller gave up.")
            }
        }
    }

    /// One request, if the breaker lets it through.
    private func attempt<Answer>(
        _ path: String, _ body: [UInt8], _ read: ([UInt8]) throws(AIError) -> Answer
    ) async throws(AIError) -> Answer {
        guard let pass = changeBreaker({ breaker, now in breaker.admit(at: now) }) else {
            metrics.count(.open)
            throw AIError(.open, "The AI service has failed too often, and is not asked for a while.")
        }
        let start = ContinuousClock.now
        defer { metrics.record(time: ContinuousClock.now - start) }
        do throws(AIError) {
            let answer = try read(try await exchange.post(path, body))
            changeBreaker { breaker, now in breaker.note(.success, of: pass, at: now) }
            metrics.countAnswer()
            return answer
        } catch {
            let outcome: CircuitBreaker.Outcome = error.kind == .cancelled ? .abandoned : .failure
            changeBreaker { breaker, now in breaker.note(outcome, of: pass, at: now) }
            metrics.count(error.kind)
            throw error
        }
    }

    @discardableResult
    private func changeBreaker<Value: Sendable>(_ change: (inout CircuitBreaker, Duration) -> Value) -> Value {
        let time = now()
        let (value, state) = breaker.withLock { breaker in (change(&breaker, time), breaker.state) }
        metrics.record(state)
        return value
    }
}
