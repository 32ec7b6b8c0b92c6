import NIOCore
import WebSocket

/// The members of a challenge's room on one event loop. Not thread-safe; lives on its loop.
///
/// A message goes to all members in a round, and a round is done in slices. A message that comes during a round
/// replaces the one before: members who have not had their turn get only the new one, which tells both.
final class LoopChallenge {
    let challenge: String
    private(set) var seats: [ChallengeSeat] = []
    private var publication: RoomPublication?
    /// Seats, from the first on, that have not had their turn in this round.
    private var unvisited = 0
    private var needsRound = false

    init(_ challenge: String) {
        self.challenge = challenge
    }

    /// Whether another slice is needed.
    var isDue: Bool { needsRound || unvisited > 0 }

    func enter(_ live: LiveSession) -> ChallengeSeat {
        let seat = ChallengeSeat(live, room: self, place: seats.count, sequence: publication?.news.sequence ?? 0)
        seats.append(seat)
        return seat
    }

    func leave(_ seat: ChallengeSeat) {
        guard !seat.hasLeft else { return }
        seat.hasLeft = true
        let last = seats.removeLast()
        if last !== seat {
            seats[seat.place] = last
            last.place = seat.place
        }
        unvisited = min(unvisited, seats.count)
    }

    /// Takes a message for all members. Returns whether it is newer.
    func take(_ publication: RoomPublication) -> Bool {
        guard publication.news.sequence > self.publication?.news.sequence ?? 0 else { return false }
        self.publication = publication
        needsRound = true
        return true
    }

    /// Gives the next seats their turn.
    ///
    /// - Parameter slice: the most seats that may have their turn now.
    func push(slice: Int) {
        if needsRound, unvisited == 0 {
            needsRound = false
            unvisited = seats.count
        }
        var left = slice
        // From the last to the first: a failed write can empty seats, and new ones are added at the end.
        while left > 0, unvisited > 0 {
            left -= 1
            unvisited -= 1
            catchUp(seats[unvisited])
        }
    }

    /// Sends a member the message that it is owed, if there is one and the member is writable.
    func catchUp(_ seat: ChallengeSeat) {
        guard let publication, seat.isJoined, seat.sequence < publication.news.sequence,
            let session = seat.live.session, session.isOpen, session.isWritable
        else { return }
        let since = seat.sequence
        seat.sequence = publication.news.sequence
        session.send(publication.frame(since: since, as: session.encoding))
    }
}
