/// The levels, by a user's points over all boards: level 1 from 0, level 2 from 100, level 3 from 300, level 4 from
/// 600; level n from 50 × n × (n − 1), up to level 100. Pure.
package enum LevelTable {
    /// The last level.
    package static let levelMax = 100

    /// The points from which a level is reached.
    package static func points(from level: Int) -> Int64 { 50 * Int64(level) * Int64(level - 1) }

    /// The level of so many points. It is never less than 1.
    package static func level(of points: Int64) -> Int {
        var (low, high) = (1, levelMax)
        while low < high {
            let middle = (low + high + 1) / 2
            if self.points(from: middle) <= points { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The points from which the next level is reached; nil at the last one.
    package static func nextPoints(after level: Int) -> Int64? { level < levelMax ? points(from: level + 1) : nil }
}
