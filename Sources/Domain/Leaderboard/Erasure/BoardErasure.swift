/// Where the life of a deleted user ends on a board. All events up to there are renamed; later ones are those of
/// somebody who began again with the same id.
public struct BoardErasure: Hashable, Sendable {
    /// The board.
    public var board: String
    /// The partition of the board at that time.
    public var partition: Int
    /// The epoch of the partition.
    public var epoch: String
    /// The sequence number of the event that removed the scores, or of the last event if there was none.
    public var seq: Int64
    /// The store's time, in ms since 1970.
    public var at: Int64
    /// The signature of the event; nil if there was nothing to remove.
    public var signature: String?

    /// Creates one.
    public init(board: String, partition: Int, epoch: String, seq: Int64, at: Int64, signature: String?) {
        self.board = board
        self.partition = partition
        self.epoch = epoch
        self.seq = seq
        self.at = at
        self.signature = signature
    }
}
