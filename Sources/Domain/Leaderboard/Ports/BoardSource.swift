/// The current boards, as every node keeps them in memory.
public protocol BoardSource: Sendable {
    /// Whether the boards have been read at least once. Before that, no board is known.
    var isKnown: Bool { get }
    /// Returns the board with this id, or nil if there is none. Answers from memory, on any thread.
    func board(_ id: String) -> Board?
    /// Calls `changed` after each change, on any thread. `changed` must return at once.
    func follow(_ changed: @escaping @Sendable () -> Void)
}
