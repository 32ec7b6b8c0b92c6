import NIOConcurrencyHelpers
import NIOPosix
import ScorecastClient

/// A follower and all its events.
final class Following: Sendable {
    let follower: ScoreboardFollower
    private let events: NIOLockedValueBox<[ScoreboardEvent]>

    /// Follows a scripted server with short waits.
    ///
    /// - Parameters:
    ///   - url: the server's.
    ///   - change: changes to the configuration.
    ///   - onEvent: also called with each event and the follower, on its loop.
    init(
        _ url: String, _ change: (inout ScoreboardConfiguration) -> Void = { _ in },
        onEvent: @escaping @Sendable (ScoreboardEvent, ScoreboardFollower?) -> Void = { _, _ in }
    ) throws {
        var configuration = ScoreboardConfiguration(url: url)
        configuration.mode = .delta
        configuration.backoffBase = .milliseconds(20)
        configuration.backoffCap = .milliseconds(100)
        change(&configuration)
        let events = NIOLockedValueBox<[ScoreboardEvent]>([])
        let reference = NIOLockedValueBox<WeakFollower>(WeakFollower())
        self.events = events
        follower = try ScoreboardFollower(configuration, on: MultiThreadedEventLoopGroup.singleton.next()) { event in
            events.withLockedValue { $0.append(event) }
            onEvent(event, reference.withLockedValue { $0.follower })
        }
        reference.withLockedValue { $0.follower = follower }
        follower.start()
    }

    private struct WeakFollower: Sendable {
        weak var follower: ScoreboardFollower?
    }

    var all: [ScoreboardEvent] { events.withLockedValue { $0 } }
    var states: [ScoreboardState] { all.compactMap { if case .changed(let state) = $0 { state } else { nil } } }
    var versions: [Int64] { states.map(\.version) }
    var arrivals: [ScoreboardArrival] { all.compactMap { if case .arrived(let fact) = $0 { fact } else { nil } } }
    var plays: [PlayEvent] { all.compactMap { if case .play(let event) = $0 { event } else { nil } } }
    /// The ids of the notifications.
    var notified: [String] { plays.compactMap { if case .notification(let it) = $0 { it.id } else { nil } } }
    var losses: [ScoreboardLoss] { all.compactMap { if case .lost(let loss, _) = $0 { loss } else { nil } } }
    var waits: [Duration] { all.compactMap { if case .lost(_, let wait) = $0 { wait } else { nil } } }
    /// The events about the server's reception of changes, and about connections: `stale 7`, `current`, `opened`,
    /// `lost`.
    var standing: [String] {
        all.compactMap { event in
            switch event {
            case .stale(let since): "stale \(since)"
            case .current: "current"
            case .opened: "opened"
            case .lost: "lost"
            default: nil
            }
        }
    }
    var hasEnded: Bool { if case .ended? = all.last { true } else { false } }
    /// The error with which it ended; nil if it continues, or was stopped.
    var error: ScoreboardError? { if case .ended(let error)? = all.last { error } else { nil } }
}

/// JSON texts of the protocol.
enum Text {
    /// A snapshot of users with the scores 100, 99 and so on.
    static func snapshot(_ version: Int64, _ users: [String] = ["a", "b"], epoch: String = "e") -> String {
        state("snapshot", version, users, epoch: epoch)
    }

    static func update(_ version: Int64, _ users: [String] = ["a", "b"], epoch: String = "e") -> String {
        state("leaderboard-update", version, users, epoch: epoch)
    }

    private static func state(_ type: String, _ version: Int64, _ users: [String], epoch: String) -> String {
        let entries = users.enumerated().map { #"{"rank":\#($0 + 1),"user_id":"\#($1)","score":\#(100 - $0)}"# }
        return #"{"type":"\#(type)","board":"global","window":"all","period":"all","epoch":"\#(epoch)","#
            + #""version":\#(version),"at":1795217415865,"entries":[\#(entries.joined(separator: ","))]}"#
    }

    /// A delta that gives the first user, who is `a`, a score.
    static func delta(_ from: Int64, _ version: Int64, score: Int64 = 1000, epoch: String = "e") -> String {
        #"{"type":"leaderboard-delta","board":"global","window":"all","epoch":"\#(epoch)","from":\#(from),"#
            + #""version":\#(version),"at":1,"changes":[{"op":"score","user_id":"a","rank":1,"score":\#(score)}]}"#
    }
}
