import Leaderboard
import Players

/// The place of one connection in one challenge's room.
final class ChallengeSeat {
    let live: LiveSession
    let room: LoopChallenge
    /// The index in the room.
    var place: Int
    /// The number of the last message that the member has, or that was told when it joined.
    var sequence: UInt64
    /// Whether a play node has let the member in.
    var isJoined = false
    /// Whether the answer to a join came while the client was slow, and has to be asked for again.
    var isAnswerOwed = false
    /// Whether the member is gone.
    var hasLeft = false
    /// Progress that waits for the answer to the progress before; the latest counts.
    private var waiting: RoomProgress?
    private var isSending = false
    private var lastStamp: Int64 = 0

    init(_ live: LiveSession, room: LoopChallenge, place: Int, sequence: UInt64) {
        self.live = live
        self.room = room
        self.place = place
        self.sequence = sequence
    }

    /// Takes progress of the member.
    ///
    /// - Parameter stamp: the time in µs since 1970. Two of one seat are never the same.
    /// - Returns: the progress to hand to a play node now; nil if an earlier one is still there.
    func take(_ progress: Int, state: String?, stamp: Int64) -> RoomProgress? {
        lastStamp = max(stamp, lastStamp + 1)
        let next = RoomProgress(userID: live.userID, progress: progress, state: state, stamp: lastStamp)
        guard !isSending else {
            waiting = next
            return nil
        }
        isSending = true
        return next
    }

    /// A play node has answered.
    ///
    /// - Returns: the progress to hand over next; nil if none waits.
    func endSending() -> RoomProgress? {
        let next = waiting
        waiting = nil
        isSending = next != nil
        return next
    }
}
