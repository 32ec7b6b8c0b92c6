/// The boards of the moment, as every node keeps them in memory.
public protocol BoardSource: Sendable {
    /// Whether the boards were ever read. Before that, nothing is known of any board.
    var isKnown: Bool { get }
    /// The board of an id; nil if there is none. Answers from memory, on any thread.
    func board(_ id: String) -> Board?
    /// Calls `changed` after each change, on any thread; it must return at once.
    func follow(_ changed: @escaping @Sendable () -> Void)
}
