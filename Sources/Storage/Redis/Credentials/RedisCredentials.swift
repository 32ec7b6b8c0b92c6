import Access
import Leaderboard
import RedisClient
import Signing

/// Ended sessions and API keys in Redis, where all nodes read them: `lua/credentials.lua` and
/// `lua/credentials_write.lua`.
public struct RedisCredentials: Sendable {
    private let redis: RedisClient
    private let keys: CredentialKeys
    private let script: RedisScript

    /// The most sessions that one look returns. More are read by further looks.
    package static let pageSize = 1_000

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered, or `Scripts.reading` if it only reads.
    ///   - writes: whether the node writes. Only then it may ask for the name of the server.
    public init(redis: RedisClient, writes: Bool) {
        self.redis = redis
        keys = CredentialKeys(in: KeySpace(redis.configuration))
        script = writes ? Scripts.credentials : Scripts.credentialsOfReaders
    }
}

extension RedisCredentials: CredentialBoard {
    /// See `CredentialBoard`.
    package func read(after position: CredentialReading.Position) async throws -> CredentialReading {
        let arguments = [
            position.completion ?? "", String(position.time), String(Self.pageSize), position.keysTag ?? "",
        ]
        let reply: RESPValue
        do {
            reply = try await redis.evaluate(script, keys: [keys.revoked, keys.credentials], arguments: arguments)
        } catch {
            throw StoreError(error)
        }
        guard let parts = reply.array, parts.count == 7, let server = parts[0].string, let list = parts[4].array else {
            throw StoreError(.corrupt, "the script credentials gave a malformed reply")
        }
        var reading = CredentialReading()
        reading.server = server
        reading.run = parts[1].string
        reading.completion = parts[2].string
        reading.beat = parts[3].string.flatMap { Int64($0) }
        reading.sessions = try Self.sessions(list)
        reading.hasMore = reading.sessions.count >= Self.pageSize
        reading.keysTag = parts[5].string
        if case .bulkString(let text) = parts[6] {
            reading.keys = text.withUnsafeBytes { try? APIKeyCodec.decode($0) }
        }
        return reading
    }

    private static func sessions(_ list: [RESPValue]) throws -> [CredentialReading.Ended] {
        try stride(from: 0, to: list.count - 1, by: 2).map { index in
            guard let session = list[index].string.flatMap({ SessionID($0) }),
                let time = list[index + 1].string.flatMap({ Int64($0) })
            else { throw StoreError(.corrupt, "the list of ended sessions has a malformed entry") }
            return CredentialReading.Ended(session, time: time)
        }
    }

    /// See `CredentialBoard`.
    package func write(_ change: CredentialChange) async throws -> Bool {
        let kept = EndedSessions.keptMilliseconds * 1_000
        var arguments = [change.completes ?? "", change.completes == nil ? "" : SessionID.random().description]
        arguments.append(String(kept))
        if let (list, seen) = change.keys {
            let (tag, text) = APIKeyCodec.encode(list)
            arguments += [seen ?? "", tag, text]
        } else {
            arguments += ["", "", ""]
        }
        arguments += change.ended.map(\.description)
        do {
            let reply = try await redis.evaluate(
                Scripts.credentialsWrite, keys: [keys.revoked, keys.credentials], arguments: arguments)
            return reply.int64 == 1
        } catch {
            throw StoreError(error)
        }
    }

    /// See `CredentialBoard`.
    package func tag(of list: APIKeyList) -> String { APIKeyCodec.encode(list).tag }
}
