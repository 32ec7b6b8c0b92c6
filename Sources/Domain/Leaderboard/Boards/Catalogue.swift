/// The actions and boards that a node with a database knows at one moment.
public struct Catalogue: Sendable {
    /// Actions by id.
    public var actions: [String: Action]
    /// The boards that this version of Scorecast can run, by id.
    public var boards: [String: Board]
    /// The boards in the database that this version cannot run. They are treated as if they did not exist.
    public var leftOut: [LeftOutBoard]
    /// The number of the catalogue's last change. Every change gives it a different value.
    public var revision: Int64

    /// Creates a catalogue. Without arguments it is the catalogue of a new deployment.
    public init(
        actions: [String: Action] = [:], boards: [String: Board] = ["global": .global],
        leftOut: [LeftOutBoard] = [], revision: Int64 = 0
    ) {
        self.actions = actions
        self.boards = boards
        self.leftOut = leftOut
        self.revision = revision
    }

    /// The boards without the actions.
    public var boardList: BoardList { BoardList(boards: boards, revision: revision) }

    /// The most boards that are read. Stops a table from filling the memory of every node.
    public static let boardsMax = 4096
    /// The longest name of a board's group, in bytes.
    public static let groupBytesMax = 128
}
