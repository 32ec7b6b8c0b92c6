import Leaderboard
import NIOCore

/// The members on one event loop that get the same messages. Not thread-safe; lives on its loop.
package final class LoopRoom {
    package let key: RoomKey
    package let encoding: MessageEncoding
    package private(set) var seats: [Seat] = []
    /// The latest version, nil before the first.
    package private(set) var publication: Publication?
    /// So many of the first seats are still to have their turn in the round under way.
    package private(set) var unvisited = 0
    /// Seats without the latest version.
    private var owing = 0

    package init(key: RoomKey, encoding: MessageEncoding, publication: Publication?) {
        self.key = key
        self.encoding = encoding
        self.publication = publication
    }

    /// Gives a member a seat.
    ///
    /// - Parameter resume: the state that it says it has.
    package func enter(_ member: any RoomMember, resume: ResumePoint?) -> Seat {
        let seat = Seat(member: member, room: self, place: seats.count, resume: resume)
        seats.append(seat)
        owing += 1
        return seat
    }

    /// A member joins once more.
    package func rejoin(_ seat: Seat, resume: ResumePoint?) {
        if !seat.lacks(publication) { owing += 1 }
        seat.rejoin(resume)
    }

    /// Empties a seat.
    package func leave(_ seat: Seat) {
        guard !seat.hasLeft else { return }
        if seat.lacks(publication) { owing -= 1 }
        seat.state = .left
        let last = seats.removeLast()
        if last !== seat {
            // One that had its turn may have another: it is owed nothing then.
            seats[Int(seat.place)] = last
            last.place = seat.place
        }
        unvisited = min(unvisited, seats.count)
    }

    /// Takes a version that is to be pushed.
    ///
    /// - Returns: how many seats lack the former one, and will never get it.
    package func take(_ publication: Publication) -> Int {
        let passedOver = self.publication == nil ? 0 : owing
        self.publication = publication
        owing = seats.count
        return passedOver
    }

    /// Every seat is to have its turn.
    package func startRound() { unvisited = seats.count }

    /// Gives the next seats their turn: one shared frame for the members that can take it and have the same; the others
    /// are owed it.
    ///
    /// - Parameter left: how many seats may have their turn now; less those that had it.
    /// - Returns: how many messages were sent.
    package func push(_ left: inout Int) -> Int {
        guard let publication else { return 0 }
        var messages = RoomMessages(publication, of: self)
        var sent = 0
        // From the last to the first: a failed write can empty seats, and those that come are behind the last.
        while left > 0, unvisited > 0 {
            left -= 1
            unvisited -= 1
            let seat = seats[unvisited]
            guard seat.member.isWritable else { continue }  // Until it is again, and catches up.
            if deliver(messages.owed(to: seat), of: publication, to: seat) { sent += 1 }
        }
        return sent
    }

    /// Sends what a seat is owed, if that is known and the member can take it. True where something was sent.
    package func catchUp(_ seat: Seat) -> Bool {
        guard let publication, seat.lacks(publication), seat.member.isWritable else { return false }
        var messages = RoomMessages(publication, of: self)
        return deliver(messages.owed(to: seat), of: publication, to: seat)
    }

    private func deliver(_ frame: ByteBuffer?, of publication: Publication, to seat: Seat) -> Bool {
        if seat.lacks(publication) { owing -= 1 }
        seat.markDelivered(publication)
        guard let frame else { return false }
        seat.member.send(frame)
        return true
    }
}
