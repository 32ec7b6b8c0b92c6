/// The boards of a catalogue: what nodes without a database know of it.
public struct BoardList: Hashable, Sendable {
    /// Boards by id.
    public var boards: [String: Board]
    /// The catalogue's revision.
    public var revision: Int64

    /// Gathers boards.
    public init(boards: [String: Board], revision: Int64) {
        self.boards = boards
        self.revision = revision
    }

    /// The boards whose visible top has another size in `new`, as they are there.
    public func boardsWithAnotherTop(in new: BoardList) -> [Board] {
        new.boards.values.filter { board in
            guard let old = boards[board.id] else { return false }
            return old.top != board.top && old.group == board.group
        }
    }
}
