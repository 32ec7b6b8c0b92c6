import Leaderboard

/// The place of one member in one room: the version that the member has, and the one that it is owed. It is small,
/// since there is one for each room of each watcher.
package final class Seat {
    package enum State {
        /// The member has joined, and is owed a snapshot. Then `seated` or `left`; `resuming` if it joins again.
        case fresh
        /// The member has joined with a state that it says it has, and is owed the changes since. Then `seated` or
        /// `left`; `fresh` if it joins again.
        indirect case resuming(ResumePoint)
        /// The member has a version, and is owed the latest one. Then `left`; `fresh` or `resuming` if it joins again.
        case seated
        /// The member has left the room.
        case left
    }

    package let member: any RoomMember
    package unowned let room: LoopRoom
    /// Private and in one value: the compiler checks each use of a stored property that other modules can see for
    /// exclusive access, and a push uses these once for each watcher.
    private var standing: Standing

    private struct Standing {
        var state: State
        var version: Int64 = -1
        var epochNumber: UInt32 = 0
        var periodNumber: UInt32 = 0
        var place: UInt32
    }

    package init(member: any RoomMember, room: LoopRoom, place: Int, resume: ResumePoint?) {
        self.member = member
        self.room = room
        standing = Standing(state: Self.start(resume), place: UInt32(place))
    }

    package var state: State { standing.state }
    /// The version that the member has. Only for `seated`.
    package var version: Int64 { standing.version }
    /// The number of the epoch of that version. Only for `seated`.
    package var epochNumber: UInt32 { standing.epochNumber }
    /// The number of its period. Only for `seated`.
    package var periodNumber: UInt32 { standing.periodNumber }
    /// The index of the seat in its room.
    package var place: UInt32 { standing.place }
    package var hasLeft: Bool { if case .left = standing.state { true } else { false } }

    /// Whether the member does not have the latest publication.
    package func lacks(_ publication: Publication?) -> Bool {
        switch standing.state {
        case .left: false
        case .fresh, .resuming: true
        case .seated:
            standing.version != publication?.top.version || standing.epochNumber != publication?.epochNumber
                || standing.periodNumber != publication?.periodNumber
        }
    }

    /// The member joins again.
    package func rejoin(_ resume: ResumePoint?) { standing.state = Self.start(resume) }

    /// The member leaves.
    package func leave() { standing.state = .left }

    /// The seat moves to another index of its room.
    package func move(to place: UInt32) { standing.place = place }

    /// The member has the version of a publication, and is owed nothing.
    package func markDelivered(_ publication: Publication) {
        standing.version = publication.top.version
        standing.epochNumber = publication.epochNumber
        standing.periodNumber = publication.periodNumber
        standing.state = .seated
    }

    private static func start(_ resume: ResumePoint?) -> State { resume.map { .resuming($0) } ?? .fresh }
}
