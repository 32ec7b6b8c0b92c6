import Basics
import HTTPKit
import Leaderboard
import Listener
import StrictJSON

extension RatePolicy {
    /// The policy of a limit of an action; nil if the update has no such limit.
    init?(_ name: UpdateLimit.Name, in limits: [UpdateLimit]) {
        for case let limit in limits where limit.name == name {
            switch limit {
            case .cooldown(let seconds):
                self.init(
                    name: name.rawValue, limit: RateLimit(count: 1, periodMilliseconds: Int64(max(1, seconds)) * 1000))
                return
            case .daily(let count, _):
                self.init(
                    name: name.rawValue, limit: RateLimit(count: max(1, count), periodMilliseconds: 86_400_000))
                return
            case .rate(let limit), .velocity(let limit):
                self.init(name: name.rawValue, limit: limit)
                return
            }
        }
        return nil
    }
}
