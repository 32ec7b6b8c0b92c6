import Leaderboard
import NIOCore

/// Someone who follows rooms, on one event loop: a WebSocket session or an event stream.
package protocol RoomMember: AnyObject {
    /// The rooms that it follows.
    var seats: [Seat] { get set }
    /// Whether what is sent now goes out, instead of waiting in memory.
    var isWritable: Bool { get }
    /// The form in which it takes messages. Stays the same.
    var encoding: MessageEncoding { get }
    /// Writes a ready message and flushes.
    func send(_ frame: ByteBuffer)
}

/// One member in one room: what the member has, and what it is owed. Kept small, as there is one for each watcher.
package final class Seat {
    package enum State {
        /// Has joined and got nothing yet: owed a snapshot, which makes it `seated`.
        case fresh
        /// Has joined with a state that it says it has: owed what is newer. Then `seated`, also if nothing is newer.
        indirect case resuming(ResumePoint)
        /// Has a version: owed the latest, if that is another one. If its member joins again: `fresh` or `resuming`.
        case seated
        /// Has left. Final.
        case left
    }

    package let member: any RoomMember
    package unowned let room: LoopRoom
    package var state: State
    /// What the member has, once it has something: the version, and which of the ranking's epochs it is of.
    package private(set) var version: Int64 = -1
    package private(set) var epochNumber: UInt32 = 0
    package var place: UInt32

    package init(member: any RoomMember, room: LoopRoom, place: Int, resume: ResumePoint?) {
        self.member = member
        self.room = room
        self.place = UInt32(place)
        state = Self.start(resume)
    }

    package var hasLeft: Bool { if case .left = state { true } else { false } }

    /// Whether the member is still to get a publication, the latest.
    package func lacks(_ publication: Publication?) -> Bool {
        switch state {
        case .left: false
        case .fresh, .resuming: true
        case .seated: version != publication?.top.version || epochNumber != publication?.epochNumber
        }
    }

    /// The member joins once more.
    package func rejoin(_ resume: ResumePoint?) { state = Self.start(resume) }

    /// The member has what a publication brings, and is owed nothing.
    package func markDelivered(_ publication: Publication) {
        version = publication.top.version
        epochNumber = publication.epochNumber
        state = .seated
    }

    private static func start(_ resume: ResumePoint?) -> State { resume.map { .resuming($0) } ?? .fresh }
}
