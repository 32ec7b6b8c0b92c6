/// The boards of a catalogue. Nodes without a database know this part of the catalogue only.
public struct BoardList: Hashable, Sendable {
    /// Boards by id.
    public var boards: [String: Board]
    /// The revision of the catalogue that the boards belong to.
    public var revision: Int64

    /// Creates a list of boards.
    public init(boards: [String: Board], revision: Int64) {
        self.boards = boards
        self.revision = revision
    }

    /// Returns the boards whose top has a different size in `new`, as `new` has them. Boards that moved to another
    /// group are left out.
    public func boardsWithAnotherTop(in new: BoardList) -> [Board] {
        new.boards.values.filter { board in
            guard let old = boards[board.id] else { return false }
            return old.top != board.top && old.group == board.group
        }
    }
}
