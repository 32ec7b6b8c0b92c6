import Leaderboard
import NIOCore

/// The members on one event loop that get the same messages. Not thread-safe; lives on its loop.
package final class LoopRoom {
    package let key: RoomKey
    package let encoding: MessageEncoding
    // Private, since the compiler checks each use of a stored property that other modules can see for exclusive access.
    private var occupied: [Seat] = []
    private var latest: Publication?
    private var unvisitedCount = 0
    /// The number of seats that do not have the latest version.
    private var owing = 0

    package init(key: RoomKey, encoding: MessageEncoding, publication: Publication?) {
        self.key = key
        self.encoding = encoding
        latest = publication
    }

    package var seats: [Seat] { occupied }
    /// The latest version; nil before the first.
    package var publication: Publication? { latest }
    /// The number of seats, from the first on, that have not had their turn in the current round.
    package var unvisited: Int { unvisitedCount }

    /// Gives a member a seat.
    ///
    /// - Parameter resume: the state that the member says it has.
    package func enter(_ member: any RoomMember, resume: ResumePoint?) -> Seat {
        let seat = Seat(member: member, room: self, place: occupied.count, resume: resume)
        occupied.append(seat)
        owing += 1
        return seat
    }

    /// A member joins again.
    package func rejoin(_ seat: Seat, resume: ResumePoint?) {
        if !seat.lacks(publication) { owing += 1 }
        seat.rejoin(resume)
    }

    /// Empties a seat.
    package func leave(_ seat: Seat) {
        guard !seat.hasLeft else { return }
        if seat.lacks(publication) { owing -= 1 }
        seat.leave()
        let last = occupied.removeLast()
        if last !== seat {
            // The moved seat may get a second turn in this round. Then it is owed nothing.
            occupied[Int(seat.place)] = last
            last.move(to: seat.place)
        }
        unvisitedCount = min(unvisitedCount, occupied.count)
    }

    /// Takes a version to push.
    ///
    /// - Returns: how many seats do not have the previous version, and will never get it.
    package func take(_ publication: Publication) -> Int {
        let passedOver = latest == nil ? 0 : owing
        latest = publication
        owing = occupied.count
        return passedOver
    }

    /// Starts a round: every seat will have its turn.
    package func startRound() { unvisitedCount = occupied.count }

    /// Gives the next seats their turn. Members that have the same version get the same frame. Members that are not
    /// writable get the version later.
    ///
    /// - Parameter left: how many seats may have their turn now. Those that had it are subtracted.
    /// - Returns: how many messages were sent.
    package func push(_ left: inout Int) -> Int {
        guard let latest else { return 0 }
        var messages = RoomMessages(latest, of: self)
        var sent = 0
        // From the last to the first: a failed write can empty seats, and new ones are added at the end.
        while left > 0, unvisitedCount > 0 {
            left -= 1
            unvisitedCount -= 1
            let seat = occupied[unvisitedCount]
            guard seat.member.isWritable else { continue }  // it catches up when it is again
            if deliver(messages.owed(to: seat), of: latest, to: seat) { sent += 1 }
        }
        return sent
    }

    /// Sends a seat the message that it is owed, if there is one and the member is writable. Returns whether a message
    /// was sent.
    package func catchUp(_ seat: Seat) -> Bool {
        guard let latest, seat.lacks(latest), seat.member.isWritable else { return false }
        var messages = RoomMessages(latest, of: self)
        return deliver(messages.owed(to: seat), of: latest, to: seat)
    }

    private func deliver(_ frame: ByteBuffer?, of publication: Publication, to seat: Seat) -> Bool {
        if seat.lacks(publication) { owing -= 1 }
        seat.markDelivered(publication)
        guard let frame else { return false }
        seat.member.send(frame)
        return true
    }
}
