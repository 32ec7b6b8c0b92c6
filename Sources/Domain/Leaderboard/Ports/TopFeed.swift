/// Follows the tops of the current rankings of windows.
public protocol TopFeed: Sendable {
    /// Starts to follow a window of a board, through all of its periods. Events arrive one at a time and in order,
    /// until `unwatch`.
    func watch(_ board: Board, window: String, onEvent: @escaping @Sendable (TopEvent) -> Void)
    /// Stops following a window.
    func unwatch(_ board: Board, window: String)
    /// Whether the feed receives messages now.
    var isLive: Bool { get }
}
