import Gateway
import Leaderboard
import NIOCore
import StrictJSON

/// A member that keeps what it is sent.
final class TestMember: RoomMember {
    var seats: [Seat] = []
    var isWritable = true
    let encoding = MessageEncoding.events
    private(set) var received: [TestMessage] = []
    /// Called with each message, after it was kept.
    var onMessage: (TestMessage) -> Void = { _ in }

    func send(_ frame: ByteBuffer) {
        let message = TestMessage(event: frame)
        received.append(message)
        onMessage(message)
    }

    /// The messages that came after the last call, in words.
    func takeWords() -> [String] {
        defer { received = [] }
        return received.map(\.words)
    }
}

/// A message of a room, as a client reads it.
struct TestMessage {
    private let json: JSONValue?

    /// - Parameter event: an event of a stream with the message as its data.
    init(event: ByteBuffer) {
        let line = String(buffer: event).split(separator: "\n").first { $0.hasPrefix("data: ") }
        json = line.flatMap { try? JSONValue(Array($0.dropFirst(6).utf8)) }
    }

    var type: String { json?["type"]?.string ?? "" }
    var epoch: String { json?["epoch"]?.string ?? "" }
    var period: String { json?["period"]?.string ?? "" }
    var version: Int64 { json?["version"]?.integer ?? -1 }
    /// The version that a delta starts from.
    var from: Int64? { json?["from"]?.integer }

    /// Such as `snapshot a:3` or `delta a:1>3`.
    var words: String {
        switch type {
        case "leaderboard-delta": "delta \(epoch):\(from ?? -1)>\(version)"
        case "leaderboard-update": "update \(epoch):\(version)"
        default: "\(type) \(epoch):\(version)"
        }
    }

    /// The changes by user as `op user rank score position`.
    var changes: [String] {
        (json?["changes"]?.array ?? []).map { change in
            let numbers = ["rank", "score", "position"].map { change[$0]?.integer.map(String.init) ?? "-" }
            return ([change["op"]?.string, change["user_id"]?.string].map { $0 ?? "-" } + numbers)
                .joined(separator: " ")
        }
    }

    /// The users after this message, for a client that had `former`; nil if a step does not fit.
    func users(after former: [String]) -> [String]? {
        if let entries = json?["entries"]?.array { return entries.compactMap { $0["user_id"]?.string } }
        var users = former
        for change in json?["changes"]?.array ?? [] {
            guard let user = change["user_id"]?.string, let rank = change["rank"]?.integer else { return nil }
            let place = Int(rank) - 1
            switch change["op"]?.string {
            case "enter":
                guard place <= users.count else { return nil }
                users.insert(user, at: place)
            case "leave":
                guard users.indices.contains(place), users[place] == user else { return nil }
                users.remove(at: place)
            case "move":
                users.removeAll { $0 == user }
                guard place <= users.count else { return nil }
                users.insert(user, at: place)
            default: continue
            }
        }
        return users
    }
}

/// Makes the publications of one window, as its owner does.
struct TestPublisher {
    static let followed = BoardWindow(board: "b", window: "daily")
    private(set) var latest: Publication?
    private var sequence: UInt64 = 0
    private var epochNumber: UInt32 = 0
    private var periodNumber: UInt32 = 0
    private var history: TopHistory

    /// - Parameter historyVersionsMax: how many versions deltas can start from.
    init(historyVersionsMax: Int = 8) { history = TopHistory(versionsMax: historyVersionsMax) }

    /// The next publication.
    mutating func publish(
        _ epoch: String, _ version: Int64, period: String = "p", ties: BoardRules.Ties = .first,
        users: [String] = ["u1", "u2", "u3"]
    ) -> Publication {
        let entries = users.enumerated().map { place, user in
            LeaderboardEntry(rank: Int64(place) + 1, userID: user, score: 1000 - Int64(place))
        }
        let top = Top(epoch: epoch, version: version, at: 0, period: period, entries: entries)
        if let last = latest?.top.epoch, last != epoch { epochNumber += 1 }
        if latest?.top.period != period { periodNumber += 1 }
        sequence += 1
        history.recordPushed(top)
        let publication = Publication(
            sequence: sequence, epochNumber: epochNumber, periodNumber: periodNumber, followed: Self.followed,
            ties: ties, top: top, history: history)
        latest = publication
        return publication
    }

    /// A publication of the next period that has the same epoch and version.
    static func next(after publication: Publication) -> Publication {
        var top = publication.top
        top.period += "+"
        return Publication(
            sequence: publication.sequence + 1, epochNumber: publication.epochNumber,
            periodNumber: publication.periodNumber + 1, followed: followed, ties: .first, top: top,
            history: TopHistory(versionsMax: 8))
    }

    static func key(_ mode: PushMode, limit: Int = 10) -> RoomKey {
        RoomKey(followed: followed, limit: limit, mode: mode)
    }
}
