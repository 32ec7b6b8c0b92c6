import Accounts
import RedisClient

/// The keys of limits on accounts. They carry the hash tag of the first partition, so that one ACL pattern covers them.
package struct LimitKeys: Sendable, Hashable {
    private let tag: String

    package init(in space: KeySpace) { tag = PartitionKeys(partition: 0, in: space).tag }

    /// The key of failures to log in.
    func attempts(_ key: LimitKey) -> String { "\(tag):attempts:\(key.text)" }

    /// The key of what may be done so often in an hour.
    func hourly(_ limit: HourlyLimit, _ key: LimitKey) -> String { "\(tag):hourly:\(limit.name):\(key.text)" }
}
