import Leaderboard
import Players
import RedisClient

/// Publishes messages for the sockets of gateways.
public struct RedisLiveSender: LiveSender {
    private let redis: RedisClient
    private let keys: LiveKeys

    /// - Parameter redis: the client that publishes.
    public init(redis: RedisClient) {
        self.redis = redis
        keys = LiveKeys(in: KeySpace(redis.configuration))
    }

    /// See `LiveSender`.
    public func send(_ message: String, to userID: String, isNotification: Bool) async throws(StoreError) {
        let payload = LiveCodec.encode(
            UserMessage(userID: userID, isNotification: isNotification, text: message))
        try await publish(payload, on: keys.users(shard: LiveShard.shard(of: userID)))
    }

    /// See `LiveSender`.
    public func send(_ progress: RoomProgress, to challenge: String) async throws(StoreError) {
        try await publish(LiveCodec.encode(progress), on: keys.room(challenge))
    }

    private func publish(_ payload: String, on channel: String) async throws(StoreError) {
        do throws(RedisError) {
            try await redis.command("PUBLISH", channel, payload)
        } catch {
            throw StoreError(error)
        }
    }
}
