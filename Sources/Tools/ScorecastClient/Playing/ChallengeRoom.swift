/// The room of a challenge: how many are there, and how far its members have come.
public struct ChallengeRoom: Sendable, Equatable {
    /// The members that are kept: those with the latest progress.
    package static let membersMax = 1000

    /// The challenge.
    public let challenge: String
    /// How many sockets are in the room.
    public private(set) var present: Int
    /// The members whose progress is known; the one with the latest progress is the last.
    public private(set) var members: [ChallengeMember]

    /// A room as the server tells it to those who join.
    package init(challenge: String, present: Int, members: [ChallengeMember]) {
        self.challenge = challenge
        self.present = present
        self.members = members
    }

    /// Takes the latest progress of some members.
    package mutating func take(present: Int, _ updates: [ChallengeMember]) {
        let moved = Set(updates.map { Array($0.userID.utf8) })
        self.present = present
        members = Array((members.filter { !moved.contains(Array($0.userID.utf8)) } + updates).suffix(Self.membersMax))
    }
}
