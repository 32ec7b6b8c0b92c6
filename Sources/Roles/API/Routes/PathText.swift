import HTTPKit
import Leaderboard

/// Segments of paths that are names.
enum PathText {
    /// The user id of a segment; nil if it is not one.
    static func userID(_ segment: some StringProtocol) -> String? {
        guard let id = PercentEncoding.decodedSegment(Substring(segment).utf8), Names.isUserID(id) else { return nil }
        return id
    }
}
