/// Follows the tops of rankings.
public protocol TopFeed: Sendable {
    /// Starts to follow a ranking. Events arrive one at a time and in order, until `unwatch`.
    func watch(_ board: Board, _ ranking: Ranking, onEvent: @escaping @Sendable (TopEvent) -> Void)
    /// Stops following a ranking.
    func unwatch(_ board: Board, _ ranking: Ranking)
    /// Whether the feed receives messages now.
    var isLive: Bool { get }
}
