import Leaderboard
import RedisClient

/// Texts for operators about deployments. Pure.
package enum DeploymentText {
    /// Returns why a Redis must not be used that holds the id `found`, and what to do.
    package static func conflict(place: String, space: KeySpace, found: String, own: String) -> String {
        let prefix = space.keys.isEmpty ? "without a prefix" : "under the prefix \(space.keys)"
        return "\(place) holds, \(prefix), the data of another deployment: its id is \(shown(found)), that of this "
            + "deployment's database is \(own). Nothing was written. If two deployments share this Redis, give one of "
            + "them another SCORECAST_REDIS_PREFIX. If this database and this Redis do belong together (one of them "
            + "was restored or made again), take the id out of Redis (DEL '\(space.deployment)'), and start again"
    }

    /// Returns the id if it is plain. Anybody may have written this key, so other content is not repeated.
    private static func shown(_ id: String) -> String {
        let isPlain = id.utf8.count <= 64 && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain ? id : "not one that Scorecast makes"
    }
}
