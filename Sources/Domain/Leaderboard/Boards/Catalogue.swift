/// The actions and boards that a node with a database knows at one moment.
public struct Catalogue: Sendable {
    /// Actions by id.
    public var actions: [String: Action]
    /// The boards that this version can run, by id.
    public var boards: [String: Board]
    /// Boards of the database that this version cannot run. They are treated as if they were not there.
    public var leftOut: [LeftOutBoard]
    /// Another number after every change.
    public var revision: Int64

    /// A catalogue; without arguments the one of a new deployment.
    public init(
        actions: [String: Action] = [:], boards: [String: Board] = ["global": .global],
        leftOut: [LeftOutBoard] = [], revision: Int64 = 0
    ) {
        self.actions = actions
        self.boards = boards
        self.leftOut = leftOut
        self.revision = revision
    }

    /// The boards alone.
    public var boardList: BoardList { BoardList(boards: boards, revision: revision) }

    /// Boards that are read at most. Stops a table from filling the memory of every node.
    public static let boardsMax = 4096
    /// The longest name of a board's group, in bytes.
    public static let groupBytesMax = 128
}
