/// Follows the visible tops of rankings.
public protocol TopFeed: Sendable {
    /// Starts to follow a ranking; events arrive one at a time, in order, until `unwatch`.
    func watch(_ board: Board, _ ranking: Ranking, onEvent: @escaping @Sendable (TopEvent) -> Void)
    /// Ends what `watch` began.
    func unwatch(_ board: Board, _ ranking: Ranking)
    /// Whether the feed receives now.
    var isLive: Bool { get }
}
