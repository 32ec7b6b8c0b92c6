import Leaderboard

/// Turns the windows of one partition over to their next periods, one round after the other.
package struct PartitionTurning {
    private let partition: Int
    private let stores: PeriodStores
    private let now: @Sendable () -> Int64
    private var schedule = TurnSchedule()
    /// The revision of the boards in the schedule.
    private var revision: Int64?

    /// The turns that are under way at the same time.
    private static let concurrent = 16

    /// - Parameters:
    ///   - partition: the partition.
    ///   - now: returns the time in ms since 1970.
    package init(partition: Int, stores: PeriodStores, now: @escaping @Sendable () -> Int64) {
        self.partition = partition
        self.stores = stores
        self.now = now
    }

    /// Forgets what it knows, since another node serves the partition.
    package mutating func rest() {
        (schedule, revision) = (TurnSchedule(), nil)
    }

    /// Does all turns that are due. Those that fail are due again in the next round.
    ///
    /// - Throws: the first error, after everything else was tried.
    package mutating func round() async throws(StoreError) {
        guard let catalogue = stores.catalogue.current else { return }
        if catalogue.revision != revision {
            let partitioning = stores.partitioning
            schedule.follow(
                catalogue.boards.values.filter { partitioning.partition(of: $0) == partition }, now: now())
            revision = catalogue.revision
        }
        var first: StoreError?
        var rest = schedule.due(at: now())[...]
        while !rest.isEmpty {
            for (turn, result) in await turn(rest.prefix(Self.concurrent)) {
                switch result {
                case .success(let answer): schedule.done(turn, storeTime: answer.storeTime, now: answer.now)
                case .failure(let error): first = first ?? error
                }
            }
            rest = rest.dropFirst(Self.concurrent)
        }
        if let first { throw first }
    }

    /// The time until the next turn, in ms; nil if none will come.
    package var idleMilliseconds: Int64? { schedule.next.map { max(0, $0 - now()) } }

    private typealias Answer = (storeTime: Int64, now: Int64)
    private typealias Turned = (TurnSchedule.Turn, Result<Answer, StoreError>)

    private func turn(_ turns: ArraySlice<TurnSchedule.Turn>) async -> [Turned] {
        await withTaskGroup(of: Turned.self) { group in
            for turn in turns {
                group.addTask { [turner = stores.turner, now] in
                    do throws(StoreError) {
                        let storeTime = try await turner.turn(turn.board, window: turn.window, to: turn.period)
                        return (turn, .success((storeTime, now())))
                    } catch {
                        return (turn, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }
}
