import Leaderboard
import Logging
import NIOPosix
import Node
import Persister
import PostgresClient
import RedisClient
import Settings
import Storage

/// An audit from the command line, straight on both stores.
public struct AuditRun: Sendable {
    private let configuration: NodeConfiguration

    /// How long connecting may take.
    private static let connectTimeout = Duration.seconds(5)

    /// Why an audit cannot begin.
    public struct Refusal: Error, CustomStringConvertible {
        /// The reason, with the remedy.
        public let description: String
    }

    /// - Parameter configuration: names both stores.
    public init(_ configuration: NodeConfiguration) {
        self.configuration = configuration
    }

    /// Audits one board, or all.
    ///
    /// - Parameters:
    ///   - board: the board's id; nil for all.
    ///   - recordedBy: the name under which the findings are written to the tables; nil if they are not written.
    /// - Throws: ``Refusal``, and errors of the stores.
    public func run(
        board: String?, recordedBy name: String?
    ) async throws -> AuditText {
        guard let redisURL = configuration.redisURL?.reveal() else { throw NodeError.missing("SCORECAST_REDIS_URL") }
        guard let url = configuration.postgresURL?.reveal() else { throw NodeError.missing("SCORECAST_POSTGRES_URL") }
        var settings = try RedisConfiguration(url: redisURL)
        settings.clientName = "scorecast-audit"
        settings.setKeyPrefix(configuration.redisPrefix)
        let redis = try RedisClient(
            configuration: settings, eventLoopGroup: .singleton, connections: 1,
            scripts: [Scripts.audit, Scripts.auditLevels], logger: .silent)
        let pool = try PostgresPool(configuration: .forAudits(url: url), logger: .silent)
        do {
            let findings = try await withThrowingTaskGroup(of: AuditFindings?.self) { group in
                group.addTask {
                    try? await redis.run()
                    return nil
                }
                group.addTask { try await run(board, name, redis, pool) }
                defer { group.cancelAll() }
                while let outcome = try await group.next() { if let outcome { return outcome } }
                throw CancellationError()
            }
            _ = await pool.shutdown()
            return AuditText(findings)
        } catch {
            _ = await pool.shutdown()
            throw error
        }
    }

    private func run(
        _ board: String?, _ name: String?, _ redis: RedisClient, _ pool: PostgresPool
    ) async throws -> AuditFindings {
        let catalogue = try await PostgresCatalogueStore(pool: pool).load()
        let boards = catalogue.boards.values.filter { board == nil || $0.id == board }.sorted { $0.id < $1.id }
        if let board, boards.isEmpty { throw Refusal(description: "The catalogue has no board \(board).") }
        do { try await redis.waitUntilConnected(timeout: Self.connectTimeout) } catch { throw redis.trouble ?? error }
        try await compareDeployments(redis, pool)
        let partitioning = Partitioning(count: configuration.partitions)
        let audit = Audit(
            ledger: PostgresAuditLedger(pool: pool),
            rankings: RedisAuditRankings(redis: redis, partitioning: partitioning), partitioning: partitioning)
        let record = name.map { PostgresAuditRecord(session: pool, node: $0) }
        let number = try await record?.begin(scheduledFor: nil)
        if record != nil, number == nil {
            throw Refusal(description: "Another audit runs at the moment. Try again when it has ended.")
        }
        let findings: AuditFindings
        do {
            findings = try await audit.run(boards, actions: catalogue.actions)
        } catch {
            if let number { try? await record?.end(number, AuditFindings(), failure: error.description) }
            throw error
        }
        if let number { try await record?.end(number, findings, failure: nil) }
        return findings
    }

    /// Refuses stores of two deployments: everything would differ.
    private func compareDeployments(_ redis: RedisClient, _ pool: PostgresPool) async throws {
        let space = KeySpace(redis.configuration)
        let own = try await PostgresDeployment(pool: pool).id()
        let reply = try await redis.command("MGET", space.deployment)
        guard let found = reply.array?.first?.string, found != own else { return }
        throw Refusal(
            description: DeploymentText.conflict(place: "\(redis.configuration)", space: space, found: found, own: own)
                + ".")
    }
}
