/// What a completion earns: the sum of two rates, within the caps of the day. Pure.
package struct Earnings: Sendable, Equatable {
    package let points: Int64
    package let coins: Int64
    /// Whether a cap of the day took some of it, or all.
    package let isCapped: Bool

    /// How often a day tasks earn that a user made for itself, unless the rate of their type says it.
    package static let capDefault: Int64 = 20

    /// How many tasks that the user made for itself, and challenges, were completed before on the same day (UTC).
    package struct Earlier: Sendable, Equatable {
        /// Those that share the cap: of the same type, if its rate has a cap, or else all whose types have none.
        package let sharing: Int64
        /// All of them.
        package let all: Int64

        /// Gathers the parts.
        package init(sharing: Int64, all: Int64) {
            self.sharing = sharing
            self.all = all
        }
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - type: the rate of the task's type; nil if there is none.
    ///   - job: the rate of the user's job; nil if there is none. Its cap holds for its part alone.
    ///   - isOwn: whether the user made the task or the challenge for itself. Others are not capped.
    ///   - earlier: what was completed before.
    package init(type: Rate?, job: Rate?, isOwn: Bool, earlier: Earlier) {
        let isOver = isOwn && earlier.sharing >= type?.maxPerUserPerDay ?? Self.capDefault
        let isJobOver = isOwn && job?.maxPerUserPerDay.map { earlier.all >= $0 } ?? false
        let parts = isOver ? [] : [type, isJobOver ? nil : job].compactMap { $0 }
        points = parts.reduce(0) { $0 + $1.points }
        coins = parts.reduce(0) { $0 + $1.coins }
        isCapped = isOver || isJobOver
    }
}
