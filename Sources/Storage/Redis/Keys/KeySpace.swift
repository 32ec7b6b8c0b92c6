import Leaderboard
import RedisClient

/// The prefix of a deployment's names, so that several deployments can share a Redis.
package struct KeySpace: Sendable, Hashable {
    /// The prefix of every key.
    package let keys: String
    /// The prefix of every channel. Redis' databases separate keys but not channels, so this includes the database's
    /// number.
    package let channels: String

    /// Creates the names for a client's configuration.
    package init(_ configuration: RedisConfiguration) {
        self.init(prefix: configuration.keyPrefix, database: configuration.database)
    }

    package init(prefix: String, database: Int) {
        let ofDatabase = Self.defaultPrefix(database: database)
        keys = prefix
        channels = prefix == ofDatabase ? prefix : prefix + ofDatabase
    }

    /// Returns the prefix if none is set: nothing for database 0, `db3:` for database 3.
    package static func defaultPrefix(database: Int) -> String { database == 0 ? "" : "db\(database):" }

    /// The key of the deployment's id.
    package var deployment: String { PartitionKeys(partition: 0, in: self).tag + ":deployment" }

    /// A channel that nobody uses. It serves to check the rights on channels.
    package var anyChannel: String { PartitionKeys(partition: 0, in: self).channelTag + ":none" }
}
