/// A board: who may see it, how many of its entries are watched, and which partition holds it.
public struct Board: Hashable, Sendable {
    /// The board's id, `[A-Za-z0-9_-]{1,64}`.
    public var id: String
    /// The group. Boards of one group share a partition, so that one action can change several of them in one step.
    public var group: String
    /// The number of entries at the head of the ranking that are watched and pushed; 1 to 100.
    public var top: Int
    /// The clients that may see it.
    public var visibility: Visibility

    /// The clients that may see a board.
    public enum Visibility: String, Hashable, Sendable {
        /// Everyone.
        case `public`
        /// Clients with a valid token.
        case `private`
    }

    /// Creates a board. The defaults are those of `global`: a group of its own, ten entries in the top, and public.
    public init(id: String, group: String? = nil, top: Int = 10, visibility: Visibility = .public) {
        self.id = id
        self.group = group ?? id
        self.top = top
        self.visibility = visibility
    }

    /// Whether a client needs a valid token to see the board.
    public var isPrivate: Bool { visibility == .private }

    /// The board that exists in every new deployment.
    public static let global = Board(id: "global")
}
