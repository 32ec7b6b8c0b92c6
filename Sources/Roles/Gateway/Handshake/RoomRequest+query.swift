import Basics
import HTTPKit
import Leaderboard

extension RoomRequest {
    private static let parameters = RankingRequest.parameters.union(["mode", "resume"])

    /// The request in the query of `uri`.
    init(uri: String) throws(RankingProblem) {
        let query: QueryString
        do throws(FieldProblem) {
            query = try QueryString(uri: uri, known: Self.parameters)
        } catch {
            throw .invalid([error])
        }
        self.init()
        ranking = RankingRequest { query[$0] }
        mode = query["mode"]
        resume = query["resume"]
    }
}
