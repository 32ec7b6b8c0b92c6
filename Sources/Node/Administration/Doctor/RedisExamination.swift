import Basics
import Logging
import NIOPosix
import RedisClient
import Settings
import Storage

/// Examines a Redis for `scorecast doctor`. Changes nothing in it.
struct RedisExamination: Sendable {
    let url: String
    /// `SCORECAST_REDIS_PREFIX`
    let prefix: String?
    let roles: NodeRoles
    /// When the node answers updates.
    let answers: RedisSettings.Answers
    /// `SCORECAST_ACTION_SKEW` in ms.
    let skew: Int64

    /// The findings, and the deployment whose keys Redis holds.
    typealias Examination = (findings: [Finding], deployment: RedisDeployment)

    /// How long connecting may take.
    private static let connectTimeout = Duration.seconds(5)

    func examine() async -> Examination {
        do {
            var configuration = try RedisConfiguration(url: url)
            configuration.clientName = "scorecast-doctor"
            configuration.setKeyPrefix(prefix)
            let client = try RedisClient(
                configuration: configuration, eventLoopGroup: .singleton, connections: 1, scripts: [Scripts.rights],
                logger: .silent)
            return await withTaskGroup(of: Examination?.self) { group in
                group.addTask {
                    try? await client.run()
                    return nil
                }
                group.addTask { await examine(client) }
                defer { group.cancelAll() }
                while let outcome = await group.next() { if let outcome { return outcome } }
                return ([], .notAsked)
            }
        } catch {
            return ([.bad("Redis", ErrorText.text(of: error) ?? "\(error)")], .notAsked)
        }
    }

    private func examine(_ client: RedisClient) async -> Examination {
        let address = "\(client.configuration)"
        do throws(RedisError) {
            try await client.waitUntilConnected(timeout: Self.connectTimeout)
            let settings = try await settings(client)
            let info = try await info(client)
            let facts = RedisFacts(
                address: address, version: info["redis_version"], role: info["role"], settings: settings,
                answers: answers, clock: try await clock(client), refusedCommands: await refusedCommands(client))
            return (facts.findings(skew: skew), writes ? await deployment(client) : .notAsked)
        } catch {
            let reason = (client.trouble ?? error).explanation
            return ([.bad("Redis", "\(address) cannot be used: \(reason). See SCORECAST_REDIS_URL.")], .notAsked)
        }
    }

    /// Nodes that write compare deployments.
    private var writes: Bool { !roles.isDisjoint(with: [.api, .persister, .accounts, .play]) }

    /// Reads the id as nodes do.
    private func deployment(_ client: RedisClient) async -> RedisDeployment {
        let space = KeySpace(client.configuration)
        do throws(RedisError) {
            let reply = try await client.command("MGET", space.deployment)
            guard let id = reply.array?.first?.string else { return .unused }
            return .used(id: id, place: "\(client.configuration)", space: space)
        } catch {
            return .unknown(error.explanation)
        }
    }

    /// Returns the fields of `INFO`; empty if an ACL refuses the command.
    private func info(_ client: RedisClient) async throws(RedisError) -> [String: String] {
        var facts: [String: String] = [:]
        for section in ["server", "replication"] {
            do throws(RedisError) {
                let text = try await client.command("INFO", section).string ?? ""
                for line in text.split(whereSeparator: \.isNewline) {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    if parts.count == 2 { facts[String(parts[0])] = String(parts[1]) }
                }
            } catch  where error.code == .server {
                continue
            }
        }
        return facts
    }

    /// Returns the most precise of several readings: the one whose reply took the least time.
    private func clock(_ client: RedisClient) async throws(RedisError) -> ClockReading? {
        var best: ClockReading?
        for _ in 0..<5 {
            let before = WallClock.milliseconds()
            let parts: [Int64]
            do throws(RedisError) {
                parts = try await client.command("TIME").array?.compactMap { $0.string.flatMap { Int64($0) } } ?? []
            } catch  where error.code == .server {
                return nil
            }
            guard parts.count == 2 else { return nil }
            let reading = ClockReading(
                before: before, after: WallClock.milliseconds(), theirs: parts[0] * 1000 + parts[1] / 1000)
            if best.map({ reading.doubtMilliseconds < $0.doubtMilliseconds }) ?? true { best = reading }
        }
        return best
    }

    /// Reads the settings as nodes do; without values if an ACL refuses both commands.
    private func settings(_ client: RedisClient) async throws(RedisError) -> RedisSettings {
        do throws(RedisError) {
            return RedisSettings(config: try await client.command(["CONFIG", "GET"] + RedisSettings.names))
        } catch  where error.code == .server {}
        do throws(RedisError) {
            return RedisSettings(info: try await client.command(["INFO"] + RedisSettings.sections))
        } catch  where error.code == .server {
            return RedisSettings()
        }
    }

    /// Asks the question that nodes ask on each connection.
    private func refusedCommands(_ client: RedisClient) async -> [String]? {
        let space = KeySpace(client.configuration)
        let commands = RedisRights.commands(writes: writes)
        let reply = try? await client.evaluate(
            Scripts.rights, keys: [space.deployment], arguments: [space.anyChannel] + commands)
        return reply?.array?.compactMap(\.string)
    }
}
