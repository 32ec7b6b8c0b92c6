import Leaderboard
import RedisClient

// All keys and channels in Redis. Every key of a partition carries the partition's hash tag, so a partition is one slot
// of a Redis Cluster. Each name begins with the prefix of the deployment (`KeySpace`), which is left out here:
//
//   {sc07}:meta                                hash    epoch, seq, forgotten, awaits_rebuild, rebuild,
//                                                      rebuild_progress, rebuild_wanted, form:<board>,
//                                                      {version,period,sealed,listen}:<board>:<window>
//   {sc07}:outbox                              stream  effective updates, id <seq of an entry's last>-0
//   {sc07}:receipts:<second of issue>          hash    signature -> the outcome of one action id
//   {sc07}:rate:<board>:<user>                 string  GCRA's theoretical arrival time
//   {sc07}:velocity:<board>:<user>             string  the same, for points
//   {sc07}:cooldown:<action>:<user>            string  the same, for one action
//   {sc07}:daily:<action>:<day>:<user>         string  how often an action counted on a day (days since 1970, UTC)
//   {sc07}:ranking:<board>:<window>:<period>   zset    <tie key><user> by value: the score, negated for `asc`
//   {sc07}:members:<board>:<window>:<period>   hash    user -> <tie key><score> <when it was reached, ms>
//   {sc07}:levels:<board>:<window>:<period>    zset    each value once, by value; for dense ranks only
//   {sc07}:open                                zset    <board>:<window>:<period> by the ms from which it is sealed
//   {sc07}:seals                               hash    <board>:<window>:<period> -> seq of its seal event
//   {sc07}:top:<board>:<window>                channel the visible top, when it changes
//   {sc07}:moves:<board>:<window>              channel who moved in the current ranking, while somebody listens
//   {sc00}:user:<shard>                        channel messages to the sockets of users
//   {sc00}:room:<challenge>                    channel progress in a challenge's room, and gateways' counts of members
//   {sc00}:calls                               channel what gateways ask play nodes
//   {sc00}:answers:<random>                    channel answers to one gateway
//   {sc00}:claim:<call>                        string  the play node that answers a call
//   {sc00}:canary:<random>                     channel one gateway's messages to itself
//   {sc00}:none                               channel nobody's; the rights on channels are checked with it
//   {sc00}:attempts:<hash>                     string  failures to log in, and when the next attempt is looked at
//   {sc00}:hourly:<limit>:<hash>               string  GCRA's due time, for registrations
//   {sc00}:deployment                          string  the id of the deployment whose keys these are
//   {sc00}:catalogue                           hash    tag, boards: the boards, for nodes without Postgres
//   {sc00}:revoked                             zset    ended session by the set's own time, see credentials_write.lua
//   {sc00}:credentials                         hash    run, completion, beat, wall of that set; API keys
//   {sc00}:catalogue                           channel the tag, when the boards have changed

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

    /// The channel on which one gateway sends canaries to itself. It carries a hash tag, so that one pattern of an ACL
    /// covers it.
    package func canary(_ name: String) -> String {
        PartitionKeys(partition: 0, in: self).channelTag + ":canary:" + name
    }
}
