import Accounts
import Basics
import HTTPKit
import Hummingbird
import Leaderboard
import Logging
import NIOCore
import Signing
import Synchronization

/// A context whose requests come from 192.0.2.1.
struct StageContext: RemoteAddressRequestContext {
    struct Source: RequestContextSource { let logger: Logger }
    var coreContext: CoreRequestContextStorage
    let remoteAddress = try? SocketAddress(ipAddress: "192.0.2.1", port: 1)

    init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }

    init(logger: Logger) { self.init(source: Source(logger: logger)) }
}

/// Keeps mail.
final class RecordedPost: Mailer {
    private let kept = Mutex<[Mail]>([])

    func send(_ mail: Mail) { kept.withLock { $0.append(mail) } }

    var mails: [Mail] { kept.withLock { $0 } }

    func mails(to address: String) -> [Mail] { mails.filter { $0.to.text == address } }
}

extension Mail {
    /// The token in the text; nil if there is none.
    var token: String? { text.firstMatch(of: /scm_[A-Za-z0-9_-]{43}/).map { String($0.output) } }
}

/// Counts for ever.
final class CountedLimits: AttemptLimits {
    private let counts = Mutex<[String: Int]>([:])
    private let forgiven = Mutex<[LimitKey]>([])

    /// The accounts whose failures were forgotten.
    var succeeded: [LimitKey] { forgiven.withLock { $0 } }

    func begin(_ attempt: Attempt) async throws(StoreError) -> Int64? { nil }
    func succeeded(_ attempt: Attempt) async throws(StoreError) { forgiven.withLock { $0.append(attempt.account) } }
    func takeBack(_ attempt: Attempt) async throws(StoreError) {}

    func admit(_ limit: HourlyLimit, for key: LimitKey) async throws(StoreError) -> Int64? {
        counts.withLock { counts in
            counts["\(limit.name) \(key.text)", default: 0] += 1
            return counts["\(limit.name) \(key.text)", default: 0] > limit.count ? 90_000 : nil
        }
    }
}

/// A hash that shows its password, and how often it was asked for.
final class PlainPasswords: PasswordHashing {
    private let hashed = Mutex(0)

    var count: Int { hashed.withLock { $0 } }

    func hash(_ password: String) async throws(APIError) -> String {
        hashed.withLock { $0 += 1 }
        return "hash of \(password)"
    }

    func verify(_ password: String, against hash: String?) async throws(APIError) -> Bool {
        hash == "hash of \(password)"
    }
}
