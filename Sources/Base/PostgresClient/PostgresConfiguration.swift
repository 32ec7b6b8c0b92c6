import Basics

/// How to reach Postgres, and the limit of everything that can be waited for. A plain value: nothing is checked before
/// ``validate()`` or ``PostgresPool/init(configuration:logger:)``.
public struct PostgresConfiguration: Sendable {
    /// A libpq URL, `postgresql://user:password@host:5432/database?sslmode=require` (PostgreSQL 34.1.1.2). Parts that
    /// it leaves out are libpq's built-in defaults; its environment variables (`PGHOST`, …) are not used. Not readable,
    /// since it may hold the password.
    private(set) var url: String

    /// Names the pool in logs and in the `pool` dimension of metrics.
    public var poolName = "main"
    /// Connections, and threads: each thread owns one connection. 1 to 256.
    public var poolSize = 4
    /// Bound on opening one connection, over all hosts of the URL, with TLS and authentication. It takes the place of
    /// the URL's `connect_timeout`.
    public var connectTimeout: Duration = .seconds(3)
    /// Bound on each statement, kept by the server (`statement_timeout`, in whole milliseconds).
    public var statementTimeout: Duration = .seconds(10)
    /// How much longer than `statementTimeout` to wait for an answer before the connection is given up. This bound
    /// catches a frozen server, which does not keep its own timeouts.
    public var responseGrace: Duration = .seconds(2)
    /// Bound on the silence of a client between two statements of one transaction, kept by the server, so that a frozen
    /// client cannot hold locks for ever.
    public var idleInTransactionTimeout: Duration = .seconds(30)
    /// Bound on the silence of a client at any time, kept by the server as far as it can, for sessions that hold locks:
    /// a client that is stopped, or cut off, then loses them. The session has to be used more often than that. Nil: a
    /// session may be idle for any time.
    public var silenceTimeout: Duration?
    /// Bound on the wait for a connection, from the call until the body starts.
    public var acquireTimeout: Duration = .seconds(2)
    /// Bodies that may wait for a connection; one more is refused with `.overloaded`. At least 1.
    public var maxWaiting = 256
    /// Shown in `pg_stat_activity`, unless the URL names one.
    public var applicationName = "scorecast"
    /// The wait before a lost connection is opened again; grows with each failure.
    public var reconnectBackoff = Backoff(base: .milliseconds(50), cap: .seconds(1))

    /// - Parameter url: see the type's own page; begins with `postgresql://` or `postgres://`.
    public init(url: String) {
        self.url = url
    }

    /// The parameters of an attempt to connect, by libpq's keyword; empty if the URL cannot be used. Holds the
    /// password.
    package func parameters(attempt: Int) -> [String: String] {
        guard case .success(let parsed) = ConnectionURL.parse(url) else { return [:] }
        let pairs = ConnectionParameters(parsed, self).pairs(attempt: attempt)
        return Dictionary(pairs.map { ($0.keyword, $0.value) }, uniquingKeysWith: { $1 })
    }

    /// All that is wrong with the configuration, one sentence each; empty if it can be used.
    public func validate() -> [String] {
        var problems: [String] = []
        switch ConnectionURL.parse(url) {
        case .failure(let problem): problems.append(problem.message)
        case .success(let parsed): problems += parsed.problems
        }
        if !(1...256).contains(poolSize) { problems.append("poolSize must be 1 to 256.") }
        if maxWaiting < 1 { problems.append("maxWaiting must be at least 1.") }
        var waits: [(String, Duration)] = [
            ("connectTimeout", connectTimeout), ("statementTimeout", statementTimeout),
            ("responseGrace", responseGrace), ("idleInTransactionTimeout", idleInTransactionTimeout),
            ("acquireTimeout", acquireTimeout), ("reconnectBackoff.base", reconnectBackoff.base),
            ("reconnectBackoff.cap", reconnectBackoff.cap),
        ]
        if let silenceTimeout { waits.append(("silenceTimeout", silenceTimeout)) }
        for (name, wait) in waits where wait < .milliseconds(1) || wait > .seconds(86_400) {
            problems.append("\(name) must be between 1 ms and one day.")
        }
        return problems
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Host, port, database and user, and nothing secret.
    public var description: String {
        let target: String
        switch ConnectionURL.parse(url) {
        case .success(let parsed): target = parsed.description
        case .failure: target = "unusable URL"
        }
        return "PostgresConfiguration(\(target), pool \(poolName) of \(poolSize))"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// No children, so that `dump` and string interpolation of an enclosing value do not print the URL.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
