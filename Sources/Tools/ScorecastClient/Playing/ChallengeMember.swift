/// How far one member of a challenge has come.
public struct ChallengeMember: Sendable, Equatable {
    /// The user. Two ids are the same if their bytes (UTF-8) are.
    public let userID: String
    /// 0 to 100.
    public let progress: Int
    /// What the member's app sent with it, as JSON; nil if it sent nothing.
    public let state: String?

    /// A member.
    package init(userID: String, progress: Int, state: String? = nil) {
        self.userID = userID
        self.progress = progress
        self.state = state
    }

    /// Whether all members are equal, ids byte by byte: in `String`, composed and decomposed letters are equal.
    public static func == (left: ChallengeMember, right: ChallengeMember) -> Bool {
        left.progress == right.progress && left.state == right.state
            && left.userID.utf8.elementsEqual(right.userID.utf8)
    }
}
