import EventLoops
import Leaderboard
import NIOCore
import Players

/// The connections of one event loop that get their own rank. Not thread-safe; lives on its loop.
final class LoopRanks {
    private let eventLoop: any EventLoop
    private let index: Int
    private let desk: LoopReference<LiveDesk>?
    private let reader: any LeaderboardReader
    private let boards: any BoardSource
    private var seats: [BoardWindow: [RankSeat]] = [:]
    private var reads = 0
    private var looking: RepeatedTask?

    /// Between two looks for ranks that are due.
    private static let lookInterval = TimeAmount.milliseconds(100)
    /// Users of one read.
    private static let usersMax = 100
    /// Reads in progress at once. Stops a board with many moves from keeping Redis busy; what waits is told later, and
    /// then its latest state.
    private static let readsMax = 4

    init(
        eventLoop: any EventLoop, index: Int, desk: LoopReference<LiveDesk>?, reader: any LeaderboardReader,
        boards: any BoardSource
    ) {
        self.eventLoop = eventLoop
        self.index = index
        self.desk = desk
        self.reader = reader
        self.boards = boards
    }

    // MARK: Seats

    /// Tells a connection its own rank in a window from now on.
    func follow(_ live: LiveSession, _ window: BoardWindow) throws(ClientMessageProblem) {
        guard let desk else { throw .noOwnRank }
        guard !live.ranks.contains(where: { $0.window == window }) else { return }
        let seat = RankSeat(live, window: window)
        live.ranks.append(seat)
        seats[window, default: []].append(seat)
        startLooking()
        guard seats[window]?.count == 1 else { return look() }
        desk.execute { [index] in $0.retain(moves: window, loop: index) }
    }

    /// Stops that, if it was so.
    func leave(_ live: LiveSession, _ window: BoardWindow) {
        guard let seat = live.ranks.first(where: { $0.window == window }) else { return }
        leave(seat)
    }

    /// Stops that for all windows of a connection.
    func leaveAll(_ live: LiveSession) {
        for seat in live.ranks { leave(seat) }
    }

    private func leave(_ seat: RankSeat) {
        seat.hasLeft = true
        seat.live.ranks.removeAll { $0 === seat }
        seats[seat.window]?.removeAll { $0 === seat }
        guard seats[seat.window]?.isEmpty == true else { return }
        seats[seat.window] = nil
        desk?.execute { [index, window = seat.window] in $0.release(moves: window, loop: index) }
        if seats.isEmpty {
            looking?.cancel()
            looking = nil
        }
    }

    /// The store takes no writes, so moves are not published.
    func giveUp(_ window: BoardWindow) {
        for seat in seats[window] ?? [] {
            leave(seat)
            seat.live.send(ServerMessage.error(.noOwnRank, about: window))
        }
    }

    // MARK: Moves

    /// Users have moved.
    func take(_ moves: ScoreMoves, in window: BoardWindow) {
        guard let seats = seats[window], let rules = boards.board(of: window)?.rules else { return }
        for seat in seats {
            for move in moves.moves { seat.watch.take(move, period: moves.period, rules: rules) }
        }
        look()
    }

    /// Moves may have been missed.
    func readAgain(_ window: BoardWindow) {
        for seat in seats[window] ?? [] { seat.watch.readAgain() }
        look()
    }

    /// A top was pushed.
    func take(period: String, of window: BoardWindow) {
        for seat in seats[window] ?? [] { seat.watch.take(period: period) }
    }

    private func startLooking() {
        guard looking == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        looking = eventLoop.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) { _ in
            bound.value.look()
        }
    }

    private var now: Int64 { Int64(eventLoop.now.uptimeNanoseconds / 1_000_000) }

    /// Reads the ranks that are due.
    private func look() {
        guard reads < Self.readsMax else { return }
        let now = now
        // The order is another one each time. Otherwise windows with many moves could keep the last ones waiting for
        // ever.
        for (window, seats) in seats.shuffled() {
            guard reads < Self.readsMax else { return }
            let due = seats.lazy.filter { !$0.isReading && $0.watch.isDue(at: now) }.prefix(Self.usersMax)
            let reading = Array(due)
            if !reading.isEmpty { read(reading, of: window) }
        }
    }

    // MARK: Reads

    private func read(_ seats: [RankSeat], of followed: BoardWindow) {
        guard let (board, window) = try? boards.find(followed) else { return }
        reads += 1
        let marks = seats.map { seat in
            seat.isReading = true
            return seat.watch.beginRead()
        }
        let users = seats.map(\.live.userID)
        let bound = NIOLoopBound((self, seats), eventLoop: eventLoop)
        reader.read(.users(users), board: board, window: window, period: .current) { [eventLoop] result in
            eventLoop.execute {
                let (ranks, seats) = bound.value
                ranks.end(seats, marks, result)
            }
        }
    }

    private func end(_ seats: [RankSeat], _ marks: [RankWatch.Mark], _ result: Result<RankingAnswer, StoreError>) {
        reads -= 1
        let now = now
        for (seat, mark) in zip(seats, marks) {
            seat.isReading = false
            guard !seat.hasLeft else { continue }
            guard case .success(let answer) = result else {
                seat.watch.failRead(mark, at: now)
                continue
            }
            let user = seat.live.userID.utf8
            let entry = answer.entries.first { $0.entry.userID.utf8.elementsEqual(user) }
            let reading = RankWatch.Reading(period: answer.period.name, total: answer.total, entry: entry)
            guard let session = seat.live.session else { continue }
            for message in seat.watch.endRead(mark, reading, at: now) {
                seat.live.send(ServerMessage.rank(message, of: seat.window, as: session.encoding))
            }
        }
        look()
    }
}
