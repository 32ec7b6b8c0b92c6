import Basics
import Keys
import NIOPosix
import Node
import Settings
import Signing

/// Checks everything that a node needs, in the way that the node would use it, for `scorecast doctor`.
public struct Doctor: Sendable {
    private let configuration: NodeConfiguration
    private let roles: NodeRoles

    /// - Parameters:
    ///   - configuration: validated for `roles`.
    ///   - roles: the roles of the node.
    public init(_ configuration: NodeConfiguration, roles: NodeRoles) {
        self.configuration = configuration
        self.roles = roles
    }

    /// Returns all findings in a fixed order. Both stores are examined at the same time.
    public func findings() async -> [Finding] {
        async let redisExamination = examineRedis()
        async let postgresExamination = examinePostgres()
        async let keySet = keySetFindings()
        let (redis, postgres) = (await redisExamination, await postgresExamination)
        // Without a usable Postgres there is a finding about that already.
        let deployment = postgres.deployment == nil ? [] : redis.deployment.findings(own: postgres.deployment)
        return listenerFindings() + tokenKeyFindings() + (await keySet) + redis.findings + deployment
            + postgres.findings
    }

    private func listenerFindings() -> [Finding] {
        let place = "port \(configuration.httpPort) of \(configuration.httpHost)"
        guard let problem = ListenAddress.problem(of: configuration) else {
            return [.good("listener", "\(place) is free")]
        }
        // The doctor is often called while a node is running.
        return [.doubtful("listener", "\(problem). If it is a node of yours that listens there, all is well.")]
    }

    private func examineRedis() async -> RedisExamination.Examination {
        guard let url = configuration.redisURL?.reveal() else { return ([], .notAsked) }
        return await RedisExamination(
            url: url, prefix: configuration.redisPrefix, roles: roles, answers: configuration.answers(roles), skew: skew
        ).examine()
    }

    private func examinePostgres() async -> PostgresExamination.Examination {
        guard let url = configuration.postgresURL?.reveal() else { return ([], nil) }
        return await PostgresExamination(url: url, roles: roles, skew: skew).examine()
    }

    /// Says which of the own keys sign and verify. That they are keys was seen when the configuration was read.
    private func tokenKeyFindings() -> [Finding] {
        guard let first = configuration.tokenKeys.first else { return [] }
        let names = configuration.tokenKeys.map { "\($0.id) (\($0.algorithm))" }.joined(separator: ", ")
        let use = first.isPrivate ? "\(first.id) signs" : "the first is public, so nothing here can sign tokens"
        return [.good("token keys", "\(names); \(use)")]
    }

    /// Fetches a key set at a URL. A key set in a file was read with the configuration.
    private func keySetFindings() async -> [Finding] {
        guard case .url(let url)? = configuration.jwtKeySet else { return [] }
        do {
            let set = try await KeySet(try await KeySetDownload(url: url).read())
            return [.good("key set", "\(set.keys.count) keys, \(set.skipped.count) left out")]
        } catch {
            return [.bad("key set", "\(error) See SCORECAST_JWT_JWKS.")]
        }
    }

    private var skew: Int64 { configuration.actionSkew.wholeMilliseconds }
}
