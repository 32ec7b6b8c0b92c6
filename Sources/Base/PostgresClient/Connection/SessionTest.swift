import Foundation
import Logging
import Metrics

/// Finds out whether something between this process and Postgres shares sessions between its clients, as a pooler in
/// transaction or statement mode does. Locks and settings of a session mean nothing there.
///
/// Two connections show it: the first one has another server process, or lost its mark, from one statement to the next;
/// or the second one gets the process of the first one, which is still open. A pooler can look sound by chance, so a
/// few statements alternate.
public struct SessionTest: Sendable {
    private let configuration: PostgresConfiguration
    private let logger: Logger

    private static let rounds = 3

    /// - Parameter configuration: of the pool whose sessions have to be its own.
    public init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Opens two connections, asks, and closes them.
    ///
    /// - Throws: ``PostgresError/Code/sharedSession`` if sessions are shared; any other error if that could not be
    ///   found out.
    public func run(file: String = #fileID, line: UInt = #line) async throws(PostgresError) {
        let place = PostgresError.Place(file: file, line: line)
        let result: Result<Void, PostgresError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                continuation.resume(returning: Result { () throws(PostgresError) in try test(place) })
            }
            thread.name = "pg-test"
            thread.start()
        }
        try result.get()
    }

    private func test(_ place: PostgresError.Place) throws(PostgresError) {
        guard case .success(let url) = ConnectionURL.parse(configuration.url) else {
            throw .misuse("The configuration cannot be used.", code: PostgresError.Code.badConfiguration, at: place)
        }
        let parameters = ConnectionParameters(url, configuration)
        let notices = NoticeSink(logger: logger)
        let metrics = PostgresMetrics(pool: configuration.poolName, factory: MetricsSystem.factory)
        func open() throws(PostgresError) -> PostgresConnection {
            try PostgresConnection(parameters, configuration, attempt: 0, notices: notices, metrics: metrics)
        }
        let first = try open()
        defer { first.close() }
        let pid = try Self.check(first, pid: nil, at: place)
        let second = try open()
        defer { second.close() }
        for _ in 0..<Self.rounds {
            try Self.begin(on: second, at: place)
            let other = try Self.check(second, pid: nil, at: place)
            guard other != pid else {
                throw SessionSetup.shared("Two open connections have the same server process.", at: place)
            }
            _ = try Self.check(first, pid: pid, at: place)
            second.rollBack()
        }
    }

    /// Begins a transaction. A pooler in statement mode refuses that.
    private static func begin(
        on connection: PostgresConnection, at place: PostgresError.Place
    ) throws(PostgresError) {
        do throws(PostgresError) {
            try connection.query("BEGIN")
        } catch {
            guard error.kind == .server else { throw error }
            throw SessionSetup.shared("BEGIN was refused: \(error.message)", at: place)
        }
    }

    /// Returns the server process of a connection.
    ///
    /// - Parameter pid: the process that it had before.
    private static func check(
        _ connection: PostgresConnection, pid: Int64?, at place: PostgresError.Place
    ) throws(PostgresError) -> Int64 {
        let row = try connection.query(
            """
            SELECT pg_catalog.pg_backend_pid()::bigint AS pid,
                pg_catalog.current_setting('\(SessionSetup.mark)', true) AS mark
            """
        ).first
        let now = try row?.int("pid") ?? 0
        guard pid == nil || now == pid else {
            throw SessionSetup.shared("A connection got another server process.", at: place)
        }
        guard try row?.stringOrNil("mark") == "\(connection.id)" else {
            throw SessionSetup.shared("A connection lost its settings.", at: place)
        }
        return now
    }
}
