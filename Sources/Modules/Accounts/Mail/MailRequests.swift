import Basics
import Leaderboard
import Logging
import Metrics
import Reporting
import ServiceLifecycle

/// Requests for mail with a token, which are worked on after they were answered: so neither an answer nor its time
/// tells whether an account has an address.
package final class MailRequests: Service {
    /// A request.
    package enum Request: Sendable {
        /// The user wants an address verified that was claimed.
        case verification(userID: String)
        /// Somebody wants to set a new password for the account with the address.
        case reset(EmailAddress)
    }

    private enum Outcome: String, CaseIterable {
        case queued, nobody, limited, failed
    }

    /// The most requests that wait.
    package static let countMax = 256
    private static let triesMax = 4
    private static let pauses = Backoff(base: .milliseconds(250), cap: .seconds(5), jitter: .equal)

    /// Takes the mails.
    let mailer: any Mailer
    /// Writes the mails.
    let texts: MailTexts
    private let tokens: any OneTimeTokenStore
    private let limits: any AttemptLimits
    private let trouble: TroubleLog
    private let waiting: AsyncStream<Request>
    private let entrance: AsyncStream<Request>.Continuation
    private let counters: [String: Counter]

    /// - Parameters:
    ///   - tokens: stores tokens.
    ///   - limits: counts mails.
    ///   - mailer: takes the mails.
    ///   - texts: writes them.
    ///   - metrics: where its metrics go.
    package init(
        tokens: any OneTimeTokenStore, limits: any AttemptLimits, mailer: any Mailer, texts: MailTexts,
        logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.tokens = tokens
        self.limits = limits
        self.mailer = mailer
        self.texts = texts
        trouble = TroubleLog(
            warning: "Mail with a token cannot be made", notice: "Mail with a token is made again", logger: logger)
        (waiting, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.countMax))
        var counters: [String: Counter] = [:]
        for purpose in Purpose.allCases {
            for outcome in Outcome.allCases {
                counters[Self.name(purpose, outcome)] = Counter(
                    label: "scorecast_mail_requests_total",
                    dimensions: [("purpose", purpose.rawValue), ("outcome", outcome.rawValue)], factory: metrics)
            }
        }
        self.counters = counters
    }

    /// Takes a request, and returns at once. Returns false if too many wait already, or the node has stopped.
    @discardableResult
    package func add(_ request: Request) -> Bool {
        if case .enqueued = entrance.yield(request) { true } else { false }
    }

    /// Works until the node stops, and then on what waits.
    package func run() async {
        await withGracefulShutdownHandler {
            for await request in waiting { await work(on: request) }
        } onGracefulShutdown: {
            self.entrance.finish()
        }
        entrance.finish()
    }

    private func work(on request: Request) async {
        var failures = 0
        while true {
            do throws(StoreError) {
                switch request {
                case .verification(let userID): count(.verify, try await sendVerification(userID))
                case .reset(let email): count(.reset, try await sendReset(email))
                }
                return trouble.recordSuccess()
            } catch {
                failures += 1
                trouble.recordFailure(error)
                guard failures < Self.triesMax,
                    (try? await Task.sleep(for: Self.pauses.wait(failures: failures))) != nil
                else { return count(request.purpose, .failed) }
            }
        }
    }

    private func sendVerification(_ userID: String) async throws(StoreError) -> Outcome {
        let token = OneTimeToken()
        guard let email = try await tokens.addVerification(token.hash, of: userID) else { return .nobody }
        // Whoever claims it, and as often as it is claimed: the mailbox may be a stranger's.
        guard try await limits.admit(.verifyMails, for: LimitKey(.email, email.key)) == nil else { return .limited }
        mailer.send(texts.verification(to: email, token: token))
        return .queued
    }

    private func sendReset(_ email: EmailAddress) async throws(StoreError) -> Outcome {
        guard try await limits.admit(.resetMails, for: LimitKey(.email, email.key)) == nil else { return .limited }
        let token = OneTimeToken()
        guard let user = try await tokens.addReset(token.hash, for: email) else { return .nobody }
        mailer.send(texts.reset(to: user, token: token))
        return .queued
    }

    private func count(_ purpose: Purpose, _ outcome: Outcome) {
        counters[Self.name(purpose, outcome)]?.increment()
    }

    private static func name(_ purpose: Purpose, _ outcome: Outcome) -> String { "\(purpose) \(outcome)" }
}

/// What a mail with a token is for, as metrics name it.
private enum Purpose: String, CaseIterable {
    case verify, reset
}

extension MailRequests.Request {
    fileprivate var purpose: Purpose {
        switch self {
        case .verification: .verify
        case .reset: .reset
        }
    }
}
