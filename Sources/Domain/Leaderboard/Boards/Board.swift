/// The visible part of a board and where the board lives.
public struct Board: Hashable, Sendable {
    /// The board's id, `[A-Za-z0-9_-]{1,64}`.
    public var id: String
    /// Boards of one group share a partition, so that one action can touch several of them in one step.
    public var group: String
    /// How many entries at the head of the ranking are watched and pushed; 1 to 100.
    public var top: Int
    /// Who may see it.
    public var visibility: Visibility

    /// Who may see a board.
    public enum Visibility: String, Hashable, Sendable {
        /// Everybody.
        case `public`
        /// Whoever has a valid token.
        case `private`
    }

    /// A board with the defaults of `global`: its own group, the ten best visible, public.
    public init(id: String, group: String? = nil, top: Int = 10, visibility: Visibility = .public) {
        self.id = id
        self.group = group ?? id
        self.top = top
        self.visibility = visibility
    }

    /// Whether it is seen with a valid token only.
    public var isPrivate: Bool { visibility == .private }

    /// The board that exists from the start.
    public static let global = Board(id: "global")
}
