import Leaderboard
import RedisClient

/// What the names of a deployment begin with, so that several can share a Redis.
package struct KeySpace: Sendable, Hashable {
    /// In front of every key.
    package let keys: String
    /// In front of every channel. Redis' databases part keys, but not channels, so the database's number is in it.
    package let channels: String

    /// The names that a client's configuration leads to.
    package init(_ configuration: RedisConfiguration) {
        self.init(prefix: configuration.keyPrefix, database: configuration.database)
    }

    package init(prefix: String, database: Int) {
        let ofDatabase = Self.defaultPrefix(database: database)
        keys = prefix
        channels = prefix == ofDatabase ? prefix : prefix + ofDatabase
    }

    /// The prefix where none is set: nothing in database 0, `db3:` in database 3.
    package static func defaultPrefix(database: Int) -> String { database == 0 ? "" : "db\(database):" }

    /// Where the deployment's id is.
    package var deployment: String { PartitionKeys(partition: 0, in: self).tag + ":deployment" }

    /// A channel that nobody uses, with which rights to channels are checked.
    package var anyChannel: String { PartitionKeys(partition: 0, in: self).channelTag + ":none" }
}
